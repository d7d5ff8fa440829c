import type { Track } from '../sources/source.ts';

/** What people like, each their own. Every failure is a TenutoError with a line for that person. */
export interface Favourites {
  /** Keeps a track at the end, durably; false when it was there already. Throws FAVOURITES_FULL or STORAGE_FAILED. */
  add(userId: string, track: Track): Promise<boolean>;
  /** Takes the track at a 1-based place out; returns it. Throws NO_SUCH_ENTRY. */
  remove(userId: string, place: number): Promise<Track>;
  /** All of them, the oldest first. */
  tracks(userId: string): Promise<readonly Track[]>;
  /** The same without waiting; empty where they were not read lately: the next time they are there. */
  known(userId: string): readonly Track[];
}
