import { TenutoError } from '../lib/errors.ts';
import type { PlaylistChunk, Track } from './source.ts';
import type { Entry } from './yt-dlp-info.ts';

/** Takes no more entries than that; throws PLAYLIST_LIMIT at the next one. */
export function atMost(limit: number, took: (entry: Entry) => void): (entry: Entry) => void {
  let count = 0;
  return (entry) => {
    count += 1;
    if (count > limit) throw new TenutoError('PLAYLIST_LIMIT', String(limit));
    took(entry);
  };
}

/** Whether it is an entry of something; else it is the track that was asked for. */
export const isListed = ({ playlist, playlist_title: title, _type: type }: Entry): boolean =>
  Boolean(playlist) || Boolean(title) || type === 'url' || type === 'url_transparent';

/** The tracks among some entries of a list; `trackOf`: null where there is none. */
export function playable(entries: readonly Entry[], trackOf: (entry: Entry) => Track | null): PlaylistChunk {
  const tracks = entries.flatMap((entry) => (isOpen(entry) ? (trackOf(entry) ?? []) : []));
  return { tracks, unplayable: entries.length - tracks.length };
}

/** Where a list says nothing about access, as YouTube's do, it names what cannot be seen "[Private video]" or "[Deleted video]". */
const isOpen = ({ availability, title }: Entry): boolean =>
  !CLOSED.has(availability ?? '') && !/^\[(private|deleted|unavailable) (video|track)\]$/i.test(title ?? '');

const CLOSED = new Set(['private', 'premium_only', 'subscriber_only', 'needs_auth']);
