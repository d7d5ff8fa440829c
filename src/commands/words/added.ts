import { TenutoError } from '../../lib/errors.ts';
import { formatDuration, safeText } from '../../lib/format.ts';
import type { Enqueued, Playback, PlaylistAdded } from '../../player/players.ts';
import { length, named, startsInMs, unheard } from './track.ts';

/** What came of one wish: a track, or tracks of a playlist. */
export type Added =
  | { readonly kind: 'track'; readonly enqueued: Enqueued }
  | { readonly kind: 'playlist'; readonly title: string; readonly result: PlaylistAdded };

/** Says what was added and when it will be heard. */
export function addedInWords(added: Added, playback: Playback): string {
  return added.kind === 'track' ? trackAdded(added.enqueued, playback) : playlistAdded(added.title, added.result);
}

function trackAdded({ entries: [entry], place }: Enqueued, playback: Playback): string {
  if (!entry) throw new TenutoError('UNEXPECTED');
  // Somebody may have paused the music, or sent the bot away, a moment ago.
  const hint = unheard(playback);
  if (place === 0) return `${hint === '' ? 'Playing' : 'Added'} ${named(entry.track)} (${length(entry.track)}).${hint}`;
  const startsIn = hint === '' ? startsInMs(playback, entry.id) : null;
  const when = startsIn === null ? '' : ` (plays in ${formatDuration(startsIn)})`;
  return `Added ${named(entry.track)} at position #${place}${when}.${hint}`;
}

function playlistAdded(title: string, { added, place, unplayable, cut }: PlaylistAdded): string {
  const where = place === 0 ? '' : ` from position #${place}`;
  const leftOut = unplayable === 0 ? '' : ` Left out ${unplayable} that cannot be played.`;
  const brokeOff = cut === null ? '' : ` ${cut.blame === 'outside' ? 'Then it broke off. ' : ''}${cut.say}`;
  return `Added ${songs(added)} from *${titleOf(title)}*${where}.${leftOut}${brokeOff}`;
}

/** `**3** songs` */
export const songs = (count: number): string => `**${count}** ${count === 1 ? 'song' : 'songs'}`;

/** A playlist's title, which may be empty. */
export const titleOf = (title: string): string => safeText(title) || 'a playlist';
