import type { Track } from '../sources/source.ts';

/** Who asks, and in which guild: others' playlists are seen where they are shared. */
export interface Asker {
  readonly userId: string;
  readonly guildId: string;
}

/** A playlist without its tracks. */
export interface Playlist {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** How many tracks. */
  readonly size: number;
  /** Others of the guild that was asked in can see it. */
  readonly shared: boolean;
  /** What leads to it in place of its name, for whoever asked: its name, or, of another person's, more than that. */
  readonly reference: string;
}

/** What came of adding tracks: how many found room. */
export interface Kept {
  readonly playlist: Playlist;
  readonly added: number;
}

/** What came of a file: how many tracks were in it for which there is no room, and how many entries that are none we know. */
export interface Imported extends Kept {
  readonly left: number;
  readonly unread: number;
}

/**
 * What people keep under a name. A name leads to the asker's own playlist of that name in any case, else to one that is
 * shared in the guild. What is kept is durable; every failure is a TenutoError with a line for the asker: NO_SUCH_PLAYLIST,
 * NOT_YOUR_PLAYLIST for a change of another person's, STORAGE_FAILED.
 */
export interface Playlists {
  /** The asker's own, then those that others share in the guild, each by name. Without waiting. */
  visible(asker: Asker): readonly Playlist[];
  /** The playlist and all its tracks. */
  open(asker: Asker, name: string): Promise<{ readonly playlist: Playlist; readonly tracks: readonly Track[] }>;
  /** The tracks, without waiting; empty where they were not read lately: the next time they are there. */
  known(asker: Asker, name: string): readonly Track[];
  /** A new one, with as many of the tracks as it holds, the first ones. Throws BAD_NAME, PLAYLIST_EXISTS or TOO_MANY_PLAYLISTS. */
  create(asker: Asker, name: string, tracks: readonly Track[]): Promise<Kept>;
  /** Puts tracks at the end, as many as there is room for. Throws PLAYLIST_FULL where that is none. */
  add(asker: Asker, name: string, tracks: readonly Track[]): Promise<Kept>;
  /** How many tracks could be added. */
  room(asker: Asker, name: string): number;
  /** Takes the track at a 1-based place out; returns it. Throws NO_SUCH_ENTRY. */
  remove(asker: Asker, name: string, place: number): Promise<Track>;
  /** The playlist as a file. */
  export(asker: Asker, name: string): Promise<{ readonly playlist: Playlist; readonly contents: string }>;
  /** A new one from the text of a file; without a name it has that of the file. Throws BAD_FILE, and as `create` does. */
  import(asker: Asker, name: string | null, text: string): Promise<Imported>;
  delete(asker: Asker, name: string): Promise<Playlist>;
  /** Throws BAD_NAME or PLAYLIST_EXISTS. */
  rename(asker: Asker, name: string, to: string): Promise<Playlist>;
  /** Lets others of the guild see and load it, or not any more. */
  share(asker: Asker, name: string, shared: boolean): Promise<Playlist>;
}
