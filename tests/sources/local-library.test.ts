import { copyFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isReference, LocalLibrary, referenceTo } from '../../src/sources/local-library.ts';
import type { Track } from '../../src/sources/source.ts';
import { makeSound, temporaryFolder } from './sounds.ts';

const SONGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Ada/Echoes/01 - Long Note.opus': { title: 'Long Note', artist: 'Ada', album: 'Echoes' },
  'Ada/Echoes/02 - Long Note (live at the long hall).opus': {
    title: 'Long Note (live at the long hall)',
    artist: 'Ada',
  },
  'Björk/Jóga.mp3': { title: 'Jóga', artist: 'Björk' },
  '03_untitled_take.flac': {},
  "Don't Stop.wav": {},
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let root: string;
let now: number;
let library: LocalLibrary;

beforeEach(async () => {
  folder = await temporaryFolder();
  root = join(folder.path, 'music');
  now = 0;
  library = new LocalLibrary(root, () => now);
  await mkdir(root);
});
afterEach(() => folder.remove());

async function fill(): Promise<void> {
  for (const [path, tags] of Object.entries(SONGS)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await makeSound(join(root, path), { seconds: 0.5, tags });
  }
  await library.refresh();
}

const titles = async (words: string) => (await library.search(words, 10)).map(({ track }) => track.title);
const track = (identifier: string): Track => ({
  source: 'library',
  identifier,
  title: '',
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: null,
  live: false,
});

describe('searching', () => {
  it('finds songs by title, artist, album, folder and file name, the plainest title first', async () => {
    await fill();
    expect(await titles('long note')).toEqual(['Long Note', 'Long Note (live at the long hall)']);
    expect(await titles('ada echoes')).toEqual(['Long Note', 'Long Note (live at the long hall)']);
    expect(await titles('LONG hall')).toEqual(['Long Note (live at the long hall)']);
    expect(await titles('untitled take')).toEqual(['untitled take']);
    expect(await titles('bjork joga')).toEqual(['Jóga']);
    expect(await titles('dont stop')).toEqual(["Don't Stop"]);
    expect(await titles('something else')).toEqual([]);
    expect(await titles('?!')).toEqual([]);
    // Half of the words is chance.
    expect(await titles('long way home again')).toEqual([]);
  });

  it('says whether a song has every word', async () => {
    await fill();
    const found = await library.search('ada long note remastered', 1);
    expect(found).toMatchObject([{ complete: false, track: { title: 'Long Note' } }]);
    expect(await library.resolve({ kind: 'words', words: 'ada long note remastered' })).toEqual({ kind: 'nothing' });
    expect(await library.resolve({ kind: 'words', words: 'ada long note' })).toMatchObject({
      kind: 'track',
      track: { identifier: 'Ada/Echoes/01 - Long Note.opus', artist: 'Ada', durationMs: 500 },
    });
  });

  it('notices files that came and went, once the index is no longer fresh', async () => {
    await fill();
    await makeSound(join(root, 'new.mp3'), { seconds: 0.5, tags: { title: 'Newcomer' } });
    await rm(join(root, 'Björk'), { recursive: true });
    await rename(join(root, '03_untitled_take.flac'), join(root, 'renamed.flac'));
    expect(await titles('newcomer')).toEqual([]);
    now += 60_000;
    expect(await titles('newcomer')).toEqual(['Newcomer']);
    expect(await titles('joga')).toEqual([]);
    expect(await titles('renamed')).toEqual(['renamed']);
  });

  it('is empty when the folder does not exist', async () => {
    expect(await new LocalLibrary(join(root, 'nowhere')).search('anything', 5)).toEqual([]);
  });

  it('takes no notice of symbolic links, empty files and files that are no audio', async () => {
    await writeFile(join(folder.path, 'outside.mp3'), 'ID3');
    await symlink(join(folder.path, 'outside.mp3'), join(root, 'outside.mp3'));
    await symlink(folder.path, join(root, 'up'));
    await writeFile(join(root, 'outside.txt'), 'outside');
    await writeFile(join(root, 'outside.ogg'), '');
    expect(await titles('outside')).toEqual([]);
  });
});

describe('locating', () => {
  it('gives the path and the format by the first bytes', async () => {
    await fill();
    const path = join(root, 'Ada/Echoes/01 - Long Note.opus');
    expect(await library.locate(track('Ada/Echoes/01 - Long Note.opus'))).toEqual({
      kind: 'file',
      path,
      format: 'ogg-opus',
    });
    expect(await library.locate(track('Björk/Jóga.mp3'))).toMatchObject({ format: 'other' });
  });

  it.each([
    '../outside.mp3',
    'a/../../outside.mp3',
    '/etc/passwd',
    'up/outside.mp3',
    'link.mp3',
    './song.mp3',
    'a//song.mp3',
    'missing.mp3',
    'nul\0.mp3',
    '..\\outside.mp3',
    '',
    '.',
  ])('never leaves the folder: %j', async (identifier) => {
    const outside = join(folder.path, 'outside.mp3');
    await writeFile(outside, 'ID3');
    await copyFile(outside, join(root, 'song.mp3'));
    await symlink(outside, join(root, 'link.mp3'));
    await symlink(folder.path, join(root, 'up'));
    await expect(library.locate(track(identifier))).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE' });
  });

  it('says when a file has become empty or is a page', async () => {
    await writeFile(join(root, 'song.mp3'), '');
    await writeFile(join(root, 'page.mp3'), '<html></html>');
    await expect(library.locate(track('song.mp3'))).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE' });
    await expect(library.locate(track('page.mp3'))).rejects.toMatchObject({ code: 'NOT_AUDIO' });
  });
});

describe('while somebody types', () => {
  const begun = (text: string) => library.beginningWith(text, 10).map(({ title }) => title);

  it('files are found by the beginnings of their words', async () => {
    await fill();
    expect(begun('jog')).toEqual(['Jóga']);
    expect(begun('lo no ad li')).toEqual(['Long Note (live at the long hall)']);
    expect(begun('ong')).toEqual([]);
    expect(begun('  ')).toEqual([]);
    expect(library.beginningWith('a', 1)).toHaveLength(1);
  });

  it('nothing is waited for', () => {
    expect(begun('jog')).toEqual([]);
  });
});

describe('a reference of at most 100 characters', () => {
  it('leads to its file again, and to nothing when that is gone', async () => {
    await fill();
    for (const path of Object.keys(SONGS)) {
      const reference = referenceTo(track(path));
      expect([isReference(reference), (await library.named(reference))?.identifier]).toEqual([true, path]);
    }
    expect(await library.named(referenceTo(track('Ada/gone.opus')))).toBe(null);
    expect(await library.named('library:/')).toBe(null);
  });

  it('leads to a file whose path is longer, also where the cut falls into a character', async () => {
    const path = `${'long '.repeat(12)}/${'🎵'.repeat(20)}/${'name '.repeat(10).trim()}x.opus`;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await makeSound(join(root, path), { seconds: 0.5 });
    await library.refresh();
    const cuts = [path, `x${path}`].map((whole) => referenceTo(track(whole)));
    for (const reference of cuts) expect(reference.length).toBeLessThanOrEqual(100);
    expect((await library.named(cuts[0] ?? ''))?.identifier).toBe(path);
    expect(cuts[0]?.isWellFormed()).toBe(true);
  });
});
