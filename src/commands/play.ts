import { SlashCommandBuilder } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import { formatDuration, safeText } from '../lib/format.ts';
import type { Enqueued, Playback } from '../player/players.ts';
import type { Resolution } from '../sources/source.ts';
import type { Command, CommandContext } from './command.ts';
import { length, named, startsInMs, unheard } from './words/track.ts';

export const play: Command = {
  data: new SlashCommandBuilder()
    .setName('play')
    .setDescription('Play a song or a playlist')
    .addStringOption((option) =>
      option.setName('query').setDescription('A link, or words to search for').setRequired(true),
    )
    .addBooleanOption((option) => option.setName('next').setDescription('Right after the current track'))
    .addIntegerOption((option) =>
      option.setName('position').setDescription('At this position of the queue').setMinValue(1),
    ),
  needs: 'join-voice-channel',
  async run(context, { players, sources }) {
    const { guildId, userId, textChannelId, voiceChannelId, signal } = context;
    if (voiceChannelId === null) throw new TenutoError('NOT_IN_VOICE');
    const query = context.string('query') ?? '';
    const place = placeOf(context);
    sources.check(query);
    try {
      const [resolution] = await Promise.all([
        sources.resolve(query, signal, userId),
        players.prepare(guildId, voiceChannelId),
      ]);
      signal.throwIfAborted();
      const tracks = tracksOf(resolution);
      const enqueued = await players.play({ guildId, userId, textChannelId, voiceChannelId, tracks, place });
      return resolution.kind === 'playlist'
        ? describePlaylist(resolution.title, tracks.length, enqueued)
        : describeTrack(enqueued, players.playback(guildId));
    } catch (error) {
      players.release(guildId);
      throw error;
    }
  },
};

/** The place that was asked for; undefined: at the end. */
function placeOf(context: CommandContext): number | undefined {
  const next = context.boolean('next') === true;
  const position = context.integer('position');
  if (next && position !== null) throw new TenutoError('BAD_OPTION', 'Give "next" or a position, not both.');
  return next ? 1 : (position ?? undefined);
}

function tracksOf(resolution: Resolution) {
  const tracks =
    resolution.kind === 'playlist' ? resolution.tracks : resolution.kind === 'track' ? [resolution.track] : [];
  if (tracks.length === 0) throw new TenutoError('NOTHING_FOUND');
  return tracks;
}

function describeTrack({ entries: [entry], place }: Enqueued, playback: Playback): string {
  if (!entry) throw new TenutoError('UNEXPECTED');
  // Somebody may have paused the music, or sent the bot away, a moment ago.
  const hint = unheard(playback);
  if (place === 0) return `${hint === '' ? 'Playing' : 'Added'} ${named(entry.track)} (${length(entry.track)}).${hint}`;
  const startsIn = hint === '' ? startsInMs(playback, entry.id) : null;
  const when = startsIn === null ? '' : ` (plays in ${formatDuration(startsIn)})`;
  return `Added ${named(entry.track)} at position #${place}${when}.${hint}`;
}

function describePlaylist(title: string, found: number, { entries, place }: Enqueued): string {
  const count = `**${entries.length}** ${entries.length === 1 ? 'song' : 'songs'}`;
  const left = found - entries.length;
  const leftOut = left === 0 ? '' : ` There was no room for ${left} more.`;
  const where = place === 0 ? '' : ` from position #${place}`;
  return `Added ${count} from *${safeText(title) || 'a playlist'}*${where}.${leftOut}`;
}
