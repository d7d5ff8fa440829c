import { execFile } from 'node:child_process';
import { link, mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { opusPacketsOf } from '../../loopback/ears.ts';
import { makeFixtures } from '../../loopback/media.ts';
import { SongBook } from '../chaos/song-book.ts';

const run = promisify(execFile);

const FIXTURES = join(import.meta.dirname, '../../data/loopback/media');
/** So long that few of them end by themselves, and some do. */
const SONG_SECONDS = 90;
const SONGS = ['song.webm', 'second.webm', 'third.opus'] as const;
/** More than a guild ever has in its queue. */
const TITLES = 60;

/** A music library whose titles are all different. There are fewer songs than titles: what is heard says which song. */
export interface Music {
  readonly folder: string;
  readonly songMs: number;
  readonly titles: readonly string[];
  readonly book: SongBook;
  /** What is heard when this title plays. */
  songOf(title: string): string;
}

/** Makes the library in an empty folder. */
export async function makeMusic(folder: string): Promise<Music> {
  const fixtures = await makeFixtures(FIXTURES, { seconds: SONG_SECONDS });
  const library = join(folder, 'music');
  await mkdir(library);
  for (const song of SONGS) {
    // Without tags the name of the file is the title.
    const untagged = ['-c', 'copy', '-map_metadata', '-1', '-fflags', '+bitexact', join(folder, song)];
    await run('ffmpeg', ['-v', 'error', '-nostdin', '-i', fixtures.pathOf(song), ...untagged]);
  }
  const titles = Array.from({ length: TITLES }, (_, index) => `tune ${String(index).padStart(2, '0')}`);
  for (const [index, title] of titles.entries()) {
    const song = songAt(index);
    await link(join(folder, song), join(library, title + extname(song)));
  }
  const packets = SONGS.map(async (song) => [song, await opusPacketsOf(join(folder, song))] as const);
  return {
    folder: library,
    songMs: SONG_SECONDS * 1_000,
    titles,
    book: new SongBook(Object.fromEntries(await Promise.all(packets))),
    songOf: (title) => songAt(titles.indexOf(title)),
  };
}

const songAt = (index: number): string => SONGS[index % SONGS.length] ?? SONGS[0];
