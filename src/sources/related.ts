import type { LibraryEntry } from './library-index.ts';

/** As many as are ever looked at. */
export const MOST_RELATED = 100;

/** The page on which YouTube lists what goes with a video: its mix, which names that video first. */
export function mixOf(video: string): URL {
  const url = new URL('https://www.youtube.com/watch');
  url.searchParams.set('v', video);
  url.searchParams.set('list', `RD${video}`);
  return url;
}

/**
 * What of a library goes with one of its files: by the same artist, then from the same folder, then anything; each from a
 * place by chance on. The file itself is left out.
 */
export function alike(entries: Iterable<LibraryEntry>, path: string, random = Math.random): readonly LibraryEntry[] {
  const all = [...entries];
  const artist = artistOf(all.find((entry) => entry.path === path));
  const nearness = (entry: LibraryEntry) => {
    if (entry.path === path) return 'itself';
    if (artist !== null && artistOf(entry) === artist) return 'artist';
    return folderOf(entry.path) === folderOf(path) ? 'folder' : 'any';
  };
  const kinds = Map.groupBy(all, nearness);
  const near = (['artist', 'folder', 'any'] as const).flatMap((kind) => from(kinds.get(kind) ?? [], random()));
  return near.slice(0, MOST_RELATED);
}

/** Some in a row, the first of them at this fraction of the way, the beginning behind the end. */
function from<T>(items: readonly T[], fraction: number): readonly T[] {
  const first = Math.floor(fraction * items.length);
  return [...items.slice(first, first + MOST_RELATED), ...items.slice(0, first).slice(0, MOST_RELATED)];
}

const artistOf = (entry: LibraryEntry | undefined): string | null => entry?.tags.artist?.toLowerCase() ?? null;
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
