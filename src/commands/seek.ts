import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import { formatDuration } from '../lib/format.ts';
import { parsePlace } from '../lib/place.ts';
import type { Command } from './command.ts';
import { unheard } from './words/track.ts';

export const seek: Command = {
  data: new SlashCommandBuilder()
    .setName('seek')
    .setDescription('Go to another place in the current track')
    .addStringOption((option) =>
      option
        .setName('to')
        .setDescription('Where: 1:30, 90 or 1m30s; +30 or -10 from here')
        .setRequired(true)
        .setMaxLength(20),
    ),
  needs: 'dj',
  async run(context, { players }) {
    const place = parsePlace(context.string('to') ?? '');
    if (place === null) throw new TenutoError('BAD_OPTION', 'Say where to go as 1:30, 90 or 1m30s; or +30 or -10.');
    const at = await players.seek(context.guildId, place);
    return `Going on at ${formatDuration(at)}.${unheard(players.playback(context.guildId))}`;
  },
};
