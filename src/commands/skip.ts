import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command } from './command.ts';
import { completePlace } from './words/choices.ts';
import { named } from './words/track.ts';

export const skip: Command = {
  data: new SlashCommandBuilder()
    .setName('skip')
    .setDescription('Skip the current track')
    .addIntegerOption((option) =>
      option.setName('amount').setDescription('How many tracks to skip, the current one included').setMinValue(1),
    )
    .addIntegerOption((option) =>
      option
        .setName('to')
        .setDescription('Which track to go on with, as /queue numbers them')
        .setMinValue(1)
        .setAutocomplete(true),
    ),
  needs: 'same-voice-channel',
  complete: completePlace,
  async run(context, { players }) {
    const [amount, to] = [context.integer('amount'), context.integer('to')];
    if (amount !== null && to !== null) throw new TenutoError('BAD_OPTION', 'Give an amount or a position, not both.');
    if (to !== null) return `Skipped to ${named((await players.jump(context.guildId, to)).track)}.`;
    const next = await players.skip(context.guildId, amount ?? 1, context.entryId);
    return next ? `Skipped. Next is ${named(next.track)}.` : 'Skipped. The queue is empty now: /play adds something.';
  },
};
