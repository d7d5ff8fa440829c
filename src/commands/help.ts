import { EmbedBuilder, SlashCommandBuilder } from 'discord.js';
import type { Command, CommandGroup } from './command.ts';

const data = new SlashCommandBuilder().setName('help').setDescription('Show what I can do');

/** The commands, and what each of them is for. */
export function help(others: readonly (Command | CommandGroup)[]): Command {
  return {
    data,
    needs: 'guild',
    ephemeral: true,
    run() {
      const lines = [...others.map((command) => command.data), data]
        .map(({ name, description }) => `**/${name}** ${description}`)
        .toSorted();
      const embed = new EmbedBuilder().setTitle('What I can do').setDescription(lines.join('\n'));
      return Promise.resolve({ embeds: [embed] });
    },
  };
}
