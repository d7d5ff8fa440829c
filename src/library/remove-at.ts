import { TenutoError } from '../lib/errors.ts';
import type { Track } from '../sources/source.ts';
import { tracksIn, without } from './list-pages.ts';
import type { ListHead } from './list-records.ts';
import type { TrackLists } from './track-lists.ts';

/** Takes the track at a 1-based place out of a list; returns it. Throws NO_SUCH_ENTRY. */
export async function removeAt(lists: TrackLists, list: ListHead, place: number): Promise<Track> {
  const removed: Track[] = [];
  await lists.edit(list, (pages) => {
    const track = tracksIn(pages)[place - 1];
    if (track === undefined) throw new TenutoError('NO_SUCH_ENTRY', `#${place}`);
    removed.push(track);
    return without(pages, place - 1);
  });
  const [track] = removed;
  if (track === undefined) throw new TenutoError('UNEXPECTED');
  return track;
}
