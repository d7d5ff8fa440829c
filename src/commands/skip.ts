import { SlashCommandBuilder } from 'discord.js';
import type { Command } from './command.ts';
import { named } from './words/track.ts';

export const skip: Command = {
  data: new SlashCommandBuilder()
    .setName('skip')
    .setDescription('Skip the current track')
    .addIntegerOption((option) =>
      option.setName('amount').setDescription('How many tracks to skip, the current one included').setMinValue(1),
    ),
  needs: 'same-voice-channel',
  async run(context, { players }) {
    const next = await players.skip(context.guildId, context.integer('amount') ?? 1);
    return next ? `Skipped. Next is ${named(next.track)}.` : 'Skipped. The queue is empty now: /play adds something.';
  },
};
