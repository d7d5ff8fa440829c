import type { Track } from '../sources/source.ts';
import { sizeOf, type ListHead } from './list-records.ts';
import type { TrackLists } from './track-lists.ts';

/** Looked through at each letter that somebody types. */
const MOST_TRACKS = 2_000;

/** What a person has kept, for whoever suggests something to them. */
export class OwnTracks {
  readonly #lists: TrackLists;
  readonly #reading = new Set<string>();

  constructor(lists: TrackLists) {
    this.#lists = lists;
  }

  /** Favourites, then the tracks of their playlists, without waiting: what is not in memory is read for the next time. */
  of(userId: string): readonly Track[] {
    const lists = this.#lookedThrough(userId);
    const unread = lists.filter((list) => this.#lists.known(list) === null);
    if (unread.length > 0) void this.#read(userId, unread).catch(() => undefined);
    return lists.flatMap((list) => this.#lists.known(list) ?? []).slice(0, MOST_TRACKS);
  }

  /** As many lists as are looked through. */
  #lookedThrough(userId: string): readonly ListHead[] {
    const owned = this.#lists.owned(userId).toSorted((a, b) => a.kind.localeCompare(b.kind));
    let before = 0;
    return owned.filter((list) => {
      const wanted = before < MOST_TRACKS;
      before += sizeOf(list);
      return wanted;
    });
  }

  /** What cannot be read is not suggested; whoever opens it is told. */
  async #read(userId: string, lists: readonly ListHead[]): Promise<void> {
    if (this.#reading.has(userId)) return;
    this.#reading.add(userId);
    try {
      for (const list of lists) await this.#lists.tracks(list);
    } finally {
      this.#reading.delete(userId);
    }
  }
}
