import { EmbedBuilder, SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';
import { line } from './words/track.ts';

const SHOWN = 20;

export const history: Command = {
  data: new SlashCommandBuilder().setName('history').setDescription('Show what has played, the latest first'),
  needs: 'guild',
  async run({ guildId }, { players }) {
    const latest = players.playback(guildId).queue.history.slice(-SHOWN).toReversed();
    if (latest.length === 0) return 'Nothing has played before this.';
    const embed = new EmbedBuilder()
      .setTitle('History')
      .setDescription(latest.map((entry, index) => line(entry, index + 1)).join('\n'))
      .setFooter({ text: '/previous goes back to the first of these' });
    return { embeds: [embed] };
  },
};
