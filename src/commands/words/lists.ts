import { EmbedBuilder } from 'discord.js';
import { formatDuration, safeText } from '../../lib/format.ts';
import type { Playlist } from '../../library/playlists.ts';
import type { Enqueued, Playback } from '../../player/players.ts';
import type { Track } from '../../sources/source.ts';
import { count, length, unheard } from './track.ts';

const PER_PAGE = 15;
const TITLE_LENGTH = 60;

/** One page of lines; a page beyond the end is the last one. `facts` stand below. */
export function linesPage(
  title: string,
  lines: readonly string[],
  wanted: number,
  facts: readonly string[] = [],
): EmbedBuilder {
  const pages = Math.max(1, Math.ceil(lines.length / PER_PAGE));
  const number = Math.min(Math.max(1, wanted), pages);
  return new EmbedBuilder()
    .setTitle(title)
    .setDescription(lines.slice((number - 1) * PER_PAGE, number * PER_PAGE).join('\n'))
    .setFooter({ text: [`Page ${number}/${pages}`, ...facts].join(' · ') });
}

/** A page of tracks with their places; how many there are stands below. */
export function tracksPage(title: string, tracks: readonly Track[], wanted: number): EmbedBuilder {
  const lines = tracks.map(
    (track, index) => `${index + 1}\\. ${safeText(track.title, TITLE_LENGTH) || 'untitled'} (${length(track)})`,
  );
  return linesPage(title, lines, wanted, [count(tracks.length), ...together(tracks)]);
}

/** A playlist's name as it stands in a sentence. */
export const called = ({ name }: Pick<Playlist, 'name'>): string => `*${safeText(name)}*`;

/** A playlist in a list of those that a person sees. */
export function playlistLine({ name, ownerId, size, shared }: Playlist, userId: string): string {
  const about = ownerId === userId ? (shared ? ['shared here'] : []) : [`by <@${ownerId}>`];
  return [`**${safeText(name)}**`, count(size), ...about].join(' · ');
}

/** What came of putting a list into the queue. */
export function loadedInWords(what: string, wanted: number, { entries, place }: Enqueued, playback: Playback): string {
  const where = place === 0 ? '' : ` from position #${place}`;
  const rest = wanted - entries.length;
  const leftOut =
    rest === 0 ? '' : ` ${rest} did not get in: the queue or your share of it is full, or this server keeps them out.`;
  return `Added **${count(entries.length)}** of ${what}${where}.${leftOut}${unheard(playback)}`;
}

function together(tracks: readonly Track[]): string[] {
  if (tracks.some(({ durationMs }) => durationMs === null)) return [];
  return [`${formatDuration(tracks.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0))} long`];
}
