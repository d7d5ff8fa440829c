import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, sep } from 'node:path';
import { AUDIO_FILE } from './sniff.ts';
import { tagsOfFile, type Tags } from './tags.ts';

/** More than anybody's collection; a mistaken MUSIC_DIR such as `/` must not eat the memory. */
const MAX_FILES = 50_000;
const MAX_DEPTH = 16;

/** A file of the library: where it is, what it says of itself, and the words by which it is found. */
export interface LibraryEntry {
  /** Relative to the library's folder, with `/` between the names on every system. */
  readonly path: string;
  readonly tags: Tags;
  readonly words: readonly string[];
  readonly titleWords: readonly string[];
  /** Changes when the file does. */
  readonly stamp: string;
}

export interface Match {
  readonly entry: LibraryEntry;
  /** Every word that was searched for is in it. */
  readonly complete: boolean;
}

/**
 * Reads a folder and all folders in it. Files that `known` has unchanged are not opened again, and each is given to `add` as soon as it is read.
 * Symbolic links are not followed, so nothing outside the folder can be reached. A folder that is not there is empty.
 */
export async function scan(
  root: string,
  known: ReadonlyMap<string, LibraryEntry>,
  add: (entry: LibraryEntry) => void,
): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  const folders = [{ path: '', depth: 0 }];
  for (let folder = folders.pop(); folder && seen.size < MAX_FILES; folder = folders.pop()) {
    const children = await readdir(join(root, folder.path), { withFileTypes: true }).catch(() => []);
    for (const child of children) {
      const path = folder.path === '' ? child.name : `${folder.path}/${child.name}`;
      if (child.isDirectory() && folder.depth < MAX_DEPTH) folders.push({ path, depth: folder.depth + 1 });
      if (!child.isFile() || !AUDIO_FILE.test(child.name) || seen.size >= MAX_FILES) continue;
      const entry = await read(root, path, known.get(path));
      if (!entry) continue;
      seen.add(path);
      add(entry);
    }
  }
  return seen;
}

/** The entries that share words with the search, best first: all words before some, words of the title before others. */
export function search(entries: Iterable<LibraryEntry>, text: string, limit: number): Match[] {
  const wanted = wordsOf(text);
  if (wanted.length === 0) return [];
  const scored = Array.from(entries, (entry) => {
    const found = wanted.filter((word) => entry.words.includes(word)).length;
    const inTitle = wanted.filter((word) => entry.titleWords.includes(word)).length;
    // Of two titles that have all words, the one with fewer others is meant.
    return {
      entry,
      complete: found === wanted.length,
      score: found * 100 + inTitle * 10 - entry.titleWords.length / 100,
      found,
    };
  });
  const enough = scored.filter(({ found }) => found * 2 > wanted.length);
  return enough.sort((a, b) => b.score - a.score || a.entry.path.localeCompare(b.entry.path)).slice(0, limit);
}

async function read(root: string, path: string, known?: LibraryEntry): Promise<LibraryEntry | null> {
  const file = join(root, ...path.split('/'));
  const stats = await stat(file).catch(() => null);
  if (!stats || stats.size === 0) return null;
  const stamp = `${stats.mtimeMs}/${stats.size}`;
  if (known?.stamp === stamp) return known;
  const tags = await tagsOfFile(file);
  const titleWords = wordsOf(tags.title ?? titleOf(path));
  return { path, tags, stamp, titleWords, words: wordsOf([path, tags.title, tags.artist, tags.album].join(' ')) };
}

/** A name for a file without a title: its own, without folders, ending and leading track number. */
export function titleOf(path: string): string {
  const name = basename(path.replaceAll('/', sep), extname(path));
  return name.replaceAll('_', ' ').replace(/^\d{1,3}\s*[-. ]\s*(?=\S)/, '') || name;
}

/** Whether each of the typed words is the beginning of one of the words. */
export const begin = (words: readonly string[], typed: readonly string[]): boolean =>
  typed.every((beginning) => words.some((word) => word.startsWith(beginning)));

/** Words as they are compared: small letters and digits, without accents. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}|'|’/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
