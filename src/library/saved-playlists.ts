import { TenutoError } from '../lib/errors.ts';
import { safeText } from '../lib/format.ts';
import type { Track } from '../sources/source.ts';
import { appended, tracksIn } from './list-pages.ts';
import { removeAt } from './remove-at.ts';
import { sizeOf, type ListHead } from './list-records.ts';
import { readPlaylist, writePlaylist } from './playlist-file.ts';
import { nameKey, playlistName } from './playlist-name.ts';
import type { Asker, Imported, Kept, Playlist, Playlists } from './playlists.ts';
import type { TrackLists } from './track-lists.ts';

const MOST_PLAYLISTS = 50;
const MOST_TRACKS = 1_000;
const SHARED = 'shared:';

/** SavedPlaylists: the rules of playlists, over the lists of the store. */
export class SavedPlaylists implements Playlists {
  readonly #lists: TrackLists;

  constructor(lists: TrackLists) {
    this.#lists = lists;
  }

  visible(asker: Asker): readonly Playlist[] {
    const own = this.#own(asker.userId).toSorted(byName);
    return [...own, ...this.#others(asker).toSorted(byName)].map((list) => describe(list, asker));
  }

  async open(asker: Asker, name: string) {
    const list = this.#find(asker, name);
    return { playlist: describe(list, asker), tracks: await this.#lists.tracks(list) };
  }

  known(asker: Asker, name: string): readonly Track[] {
    const list = this.#look(asker, name);
    return list === undefined ? [] : this.#lists.known(list);
  }

  async create(asker: Asker, typed: string, tracks: readonly Track[]): Promise<Kept> {
    const name = playlistName(typed);
    const fitting = tracks.slice(0, MOST_TRACKS);
    const list = await this.#lists.create({ ownerId: asker.userId, kind: 'playlist', name }, fitting, (owned) => {
      needFree(name, owned);
      if (owned.filter(isPlaylist).length >= MOST_PLAYLISTS)
        throw new TenutoError('TOO_MANY_PLAYLISTS', String(MOST_PLAYLISTS));
    });
    return { playlist: describe(list, asker), added: fitting.length };
  }

  async add(asker: Asker, name: string, tracks: readonly Track[]): Promise<Kept> {
    let added = 0;
    const list = await this.#lists.edit(this.#findOwn(asker, name), (pages) => {
      const room = MOST_TRACKS - tracksIn(pages).length;
      if (room <= 0) throw new TenutoError('PLAYLIST_FULL', String(MOST_TRACKS));
      const fitting = tracks.slice(0, room);
      added = fitting.length;
      return appended(pages, fitting);
    });
    return { playlist: describe(list, asker), added };
  }

  room(asker: Asker, name: string): number {
    return Math.max(0, MOST_TRACKS - sizeOf(this.#findOwn(asker, name)));
  }

  async remove(asker: Asker, name: string, place: number): Promise<Track> {
    return await removeAt(this.#lists, this.#findOwn(asker, name), place);
  }

  async export(asker: Asker, name: string) {
    const { playlist, tracks } = await this.open(asker, name);
    return { playlist, contents: writePlaylist(playlist.name, tracks) };
  }

  async import(asker: Asker, name: string | null, text: string): Promise<Imported> {
    const file = readPlaylist(text);
    const kept = await this.create(asker, name ?? file.name, file.tracks);
    return { ...kept, left: file.tracks.length - kept.added, unread: file.unread };
  }

  async delete(asker: Asker, name: string): Promise<Playlist> {
    const list = this.#findOwn(asker, name);
    await this.#lists.delete(list);
    return describe(list, asker);
  }

  async rename(asker: Asker, name: string, to: string): Promise<Playlist> {
    const next = playlistName(to);
    const list = this.#findOwn(asker, name);
    return describe(await this.#lists.describe(list, { name: next }, (others) => needFree(next, others)), asker);
  }

  async share(asker: Asker, name: string, shared: boolean): Promise<Playlist> {
    const list = this.#findOwn(asker, name);
    const elsewhere = list.sharedIn.filter((guildId) => guildId !== asker.guildId);
    const sharedIn = shared ? [...elsewhere, asker.guildId] : elsewhere;
    return describe(await this.#lists.describe(list, { sharedIn }, () => undefined), asker);
  }

  #own(userId: string): readonly ListHead[] {
    return this.#lists.owned(userId).filter(isPlaylist);
  }

  #others({ userId, guildId }: Asker): readonly ListHead[] {
    return this.#lists.sharedIn(guildId).filter((list) => isPlaylist(list) && list.ownerId !== userId);
  }

  #look(asker: Asker, name: string): ListHead | undefined {
    const key = nameKey(name);
    const called = (list: ListHead) => nameKey(list.name) === key;
    const own = this.#own(asker.userId).find(called);
    if (own) return own;
    const others = this.#others(asker);
    return others.find(({ id }) => name === SHARED + id) ?? others.toSorted(byName).find(called);
  }

  #find(asker: Asker, name: string): ListHead {
    const list = this.#look(asker, name);
    if (list === undefined) throw new TenutoError('NO_SUCH_PLAYLIST', safeText(name, 50));
    return list;
  }

  #findOwn(asker: Asker, name: string): ListHead {
    const list = this.#find(asker, name);
    if (list.ownerId !== asker.userId) throw new TenutoError('NOT_YOUR_PLAYLIST');
    return list;
  }
}

const isPlaylist = ({ kind }: ListHead): boolean => kind === 'playlist';
const byName = (a: ListHead, b: ListHead): number => a.name.localeCompare(b.name) || a.id.localeCompare(b.id);

function needFree(name: string, others: readonly ListHead[]): void {
  const taken = others.some((list) => isPlaylist(list) && nameKey(list.name) === nameKey(name));
  if (taken) throw new TenutoError('PLAYLIST_EXISTS', safeText(name));
}

const describe = (list: ListHead, { userId, guildId }: Asker): Playlist => ({
  id: list.id,
  name: list.name,
  ownerId: list.ownerId,
  size: sizeOf(list),
  shared: list.sharedIn.includes(guildId),
  reference: list.ownerId === userId ? list.name : SHARED + list.id,
});
