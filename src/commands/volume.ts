import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';

export const volume: Command = {
  data: new SlashCommandBuilder()
    .setName('volume')
    .setDescription('Show or set the volume')
    .addIntegerOption((option) =>
      option.setName('level').setDescription('Percent; 100 is as recorded').setMinValue(0).setMaxValue(200),
    ),
  needs: 'dj',
  async run(context, { players }) {
    const level = context.integer('level');
    if (level === null) return `The volume is ${players.playback(context.guildId).volume} %.`;
    await players.setVolume(context.guildId, level);
    return `The volume is ${level} % now.`;
  },
};
