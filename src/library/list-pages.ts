import type { Track } from '../sources/source.ts';

/** A stretch of a list, stored under its own number. A change makes a new object of it, and of no other. */
export interface ListPage {
  readonly id: number;
  readonly tracks: readonly Track[];
  /** What is stored beside the tracks and could not be understood; a later version may. */
  readonly strange: readonly unknown[];
}

/** What adding a track rewrites at most. */
const PAGE_SIZE = 50;

/** The list with these tracks at its end. */
export function appended(pages: readonly ListPage[], tracks: readonly Track[]): readonly ListPage[] {
  const last = pages.at(-1);
  const room = last === undefined ? 0 : Math.max(0, PAGE_SIZE - last.tracks.length);
  const isFilled = last === undefined || room === 0 || tracks.length === 0;
  const before = isFilled ? pages : [...pages.slice(0, -1), filled(last, tracks.slice(0, room))];
  const firstId = Math.max(-1, ...pages.map(({ id }) => id)) + 1;
  const rest = tracks.slice(room);
  const more = Array.from({ length: Math.ceil(rest.length / PAGE_SIZE) }, (_, index) => ({
    id: firstId + index,
    tracks: rest.slice(index * PAGE_SIZE, (index + 1) * PAGE_SIZE),
    strange: [],
  }));
  return more.length === 0 ? before : [...before, ...more];
}

const filled = (page: ListPage, tracks: readonly Track[]): ListPage => ({
  ...page,
  tracks: [...page.tracks, ...tracks],
});

/** The list without the track at `index`, from 0. A page that holds nothing any more goes. */
export function without(pages: readonly ListPage[], index: number): readonly ListPage[] {
  let before = 0;
  return pages.flatMap((page) => {
    const at = index - before;
    before += page.tracks.length;
    if (at < 0 || at >= page.tracks.length) return [page];
    const tracks = page.tracks.toSpliced(at, 1);
    return tracks.length === 0 ? [] : [{ ...page, tracks }];
  });
}

export const tracksIn = (pages: readonly ListPage[]): readonly Track[] => pages.flatMap(({ tracks }) => tracks);
