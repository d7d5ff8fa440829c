import { formatDuration, safeText } from '../../lib/format.ts';
import type { Playback } from '../../player/players.ts';
import type { QueueEntry } from '../../queue/queue.ts';
import { requesterInWords } from '../../queue/requester.ts';
import type { Track } from '../../sources/source.ts';

/** In a list; twenty such lines fit into an embed. */
const TITLE_LENGTH = 60;

/** A track's title in bold, with the artist where it is known. */
export function named({ title, artist }: Track): string {
  const by = artist === null ? '' : ` by ${safeText(artist, 60)}`;
  return `**${safeText(title) || 'untitled'}**${by}`;
}

/** A track's length for people: `3:07`, `live`, or `?`. */
export function length({ durationMs, live }: Track): string {
  if (live) return 'live';
  return durationMs === null ? '?' : formatDuration(durationMs);
}

/** The lengths together; null when one of them is unknown. */
export function totalMs(entries: readonly QueueEntry[]): number | null {
  let total = 0;
  for (const { track } of entries) {
    if (track.durationMs === null) return null;
    total += track.durationMs;
  }
  return total;
}

/** Milliseconds until an upcoming entry begins, when everything plays to its end; null when that cannot be known. */
export function startsInMs({ entry, positionMs, tempo, queue }: Playback, id: string): number | null {
  const index = queue.upcoming.findIndex((upcoming) => upcoming.id === id);
  if (index === -1 || queue.loop === 'track') return null;
  const before = totalMs([...(entry ? [entry] : []), ...queue.upcoming.slice(0, index)]);
  return before === null ? null : Math.max(0, before - (entry ? positionMs : 0)) / tempo;
}

/** `1 track`, `3 tracks`. */
export const count = (tracks: number): string => `${tracks} ${tracks === 1 ? 'track' : 'tracks'}`;

/** A track in a list. */
export function line({ track, requestedBy }: QueueEntry, number: number): string {
  return `${number}\\. ${safeText(track.title, TITLE_LENGTH) || 'untitled'} (${length(track)}) ${requesterInWords(requestedBy)}`;
}

const HINTS: Partial<Record<Playback['status'], string>> = {
  away: ' /resume brings me.',
  'waiting-for-listeners': ' /resume brings me.',
  'waiting-to-retry': ' The music waits until its site answers again.',
  paused: ' The music is paused: /resume goes on.',
};

/** What to do to hear the music, where that needs anything; begins with a space. */
export const unheard = ({ status }: Playback): string => HINTS[status] ?? '';
