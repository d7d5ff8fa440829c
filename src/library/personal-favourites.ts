import { TenutoError } from '../lib/errors.ts';
import { KeyedLock } from '../lib/keyed-lock.ts';
import type { Track } from '../sources/source.ts';
import type { Favourites } from './favourites.ts';
import { appended, tracksIn } from './list-pages.ts';
import type { ListHead } from './list-records.ts';
import { removeAt } from './remove-at.ts';
import type { TrackLists } from './track-lists.ts';

const MOST_TRACKS = 1_000;

/** PersonalFavourites: one list a person, made when its first track comes, in which nothing stands twice. */
export class PersonalFavourites implements Favourites {
  readonly #lists: TrackLists;
  /** So that of two first tracks at once both come into the same list. */
  readonly #lock = new KeyedLock();

  constructor(lists: TrackLists) {
    this.#lists = lists;
  }

  async add(userId: string, track: Track): Promise<boolean> {
    return await this.#lock.run(userId, async () => {
      const list = this.#of(userId) ?? (await this.#begin(userId));
      let isNew = false;
      await this.#lists.edit(list, (pages) => {
        const tracks = tracksIn(pages);
        isNew = !tracks.some(({ source, identifier }) => source === track.source && identifier === track.identifier);
        if (!isNew) return pages;
        if (tracks.length >= MOST_TRACKS) throw new TenutoError('FAVOURITES_FULL', String(MOST_TRACKS));
        return appended(pages, [track]);
      });
      return isNew;
    });
  }

  async remove(userId: string, place: number): Promise<Track> {
    const list = this.#of(userId);
    if (list === undefined) throw new TenutoError('NO_SUCH_ENTRY', `#${place}`);
    return await removeAt(this.#lists, list, place);
  }

  async tracks(userId: string): Promise<readonly Track[]> {
    const list = this.#of(userId);
    return list === undefined ? [] : await this.#lists.tracks(list);
  }

  known(userId: string): readonly Track[] {
    const list = this.#of(userId);
    return list === undefined ? [] : this.#lists.known(list);
  }

  #of(userId: string): ListHead | undefined {
    return this.#lists.owned(userId).find(({ kind }) => kind === 'favourites');
  }

  async #begin(userId: string): Promise<ListHead> {
    return await this.#lists.create({ ownerId: userId, kind: 'favourites', name: '' }, [], () => undefined);
  }
}
