import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { Command } from './command.ts';
import { completePlace } from './words/choices.ts';
import { named } from './words/track.ts';

export const move: Command = {
  data: new SlashCommandBuilder()
    .setName('move')
    .setDescription('Move a track to another position of the queue')
    .addIntegerOption((option) =>
      option
        .setName('from')
        .setDescription('Which track, as /queue numbers them')
        .setMinValue(1)
        .setAutocomplete(true)
        .setRequired(true),
    )
    .addIntegerOption((option) =>
      option
        .setName('to')
        .setDescription('Where it shall be then')
        .setMinValue(1)
        .setAutocomplete(true)
        .setRequired(true),
    )
    .addBooleanOption((option) => option.setName('swap').setDescription('The two change places')),
  needs: 'dj',
  complete: completePlace,
  async run(context, { players }) {
    const { guildId } = context;
    const [from, to] = [context.integer('from'), context.integer('to')];
    if (from === null || to === null) throw new TenutoError('BAD_OPTION', 'Say from where and to where.');
    if (context.boolean('swap') !== true)
      return `Moved ${named((await players.move(guildId, from, to)).track)} to #${to}.`;
    const [one, other] = await players.swap(guildId, from, to);
    return `${named(one.track)} is at #${to} now, and ${named(other.track)} at #${from}.`;
  },
};
