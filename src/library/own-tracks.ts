import type { Track } from '../sources/source.ts';
import { sizeOf, type ListHead } from './list-records.ts';
import type { TrackLists } from './track-lists.ts';

/** Looked through at each letter that somebody types. */
const MOST_TRACKS = 2_000;

/** What a person has kept, for whoever suggests something to them. */
export class OwnTracks {
  readonly #lists: TrackLists;

  constructor(lists: TrackLists) {
    this.#lists = lists;
  }

  /** Favourites, then the tracks of their playlists, without waiting: what is not in memory is read for the next time. */
  of(userId: string): readonly Track[] {
    const tracks = this.#lookedThrough(userId).flatMap((list) => this.#lists.known(list));
    return tracks.slice(0, MOST_TRACKS);
  }

  /** As many lists as are looked through. */
  #lookedThrough(userId: string): readonly ListHead[] {
    const owned = this.#lists.owned(userId).toSorted((a, b) => a.kind.localeCompare(b.kind));
    let before = 0;
    return owned.filter((list) => {
      const isWanted = before < MOST_TRACKS;
      before += sizeOf(list);
      return isWanted;
    });
  }
}
