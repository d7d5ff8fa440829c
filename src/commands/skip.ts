import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command } from './command.ts';
import { judgeSkip } from './fairness/skip.ts';
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
  async run(context, services) {
    const { players } = services;
    const { guildId, entryId } = context;
    const [amount, to] = [context.integer('amount'), context.integer('to')];
    if (amount !== null && to !== null) throw new TenutoError('BAD_OPTION', 'Give an amount or a position, not both.');
    const verdict = judgeSkip(context, services, to ?? amount ?? 1);
    if (verdict.kind === 'voted') return verdict.say;
    if (to !== null) return `Skipped to ${named((await players.jump(guildId, to)).track)}.`;
    // What a vote was about, or somebody's own track, may have ended meanwhile.
    const next = await players.skip(guildId, amount ?? 1, entryId ?? verdict.entryId);
    return next ? `Skipped. Next is ${named(next.track)}.` : 'Skipped. The queue is empty now: /play adds something.';
  },
};
