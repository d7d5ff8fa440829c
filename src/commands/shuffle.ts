import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';
import { count } from './words/track.ts';

export const shuffle: Command = {
  data: new SlashCommandBuilder()
    .setName('shuffle')
    .setDescription('Mix what comes next')
    .addBooleanOption((option) => option.setName('fair').setDescription('Those who asked for tracks take turns')),
  needs: 'dj',
  async run(context, { players }) {
    const fair = context.boolean('fair') === true;
    const mixed = await players.shuffle(context.guildId, fair);
    if (mixed === 0) return 'Fewer than two tracks come next: nothing to shuffle.';
    return `Shuffled ${count(mixed)}${fair ? ', taking turns' : ''}; /undo puts them back in order.`;
  },
};
