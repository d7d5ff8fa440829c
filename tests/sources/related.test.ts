import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { createSources } from '../../src/sources/index.ts';
import type { LibraryEntry } from '../../src/sources/library-index.ts';
import { alike } from '../../src/sources/related.ts';
import type { SourceName, Track } from '../../src/sources/source.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { fakeYtDlp, type Behaviours } from './fake-yt-dlp.ts';
import { makeSound, temporaryFolder } from './sounds.ts';
import { mixOf } from './youtube-mix.ts';

const signal = new AbortController().signal;
const track = (source: SourceName, identifier: string): Track => ({
  source,
  identifier,
  title: 'X',
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: null,
  live: false,
});

describe('of a library', () => {
  const file = (path: string, artist: string | null = null): LibraryEntry => ({
    path,
    tags: { title: null, artist, album: null, durationMs: null, lufs: null },
    words: [],
    titleWords: [],
    stamp: '',
  });
  const files = [
    file('a/1.mp3', 'Ada'),
    file('b/2.mp3', 'ADA'),
    file('a/3.mp3', 'Ben'),
    file('c/4.mp3'),
    file('c/5.mp3', 'Ada'),
    file('6.mp3'),
  ];
  const paths = (path: string, random = 0) => alike(files, path, () => random).map((entry) => entry.path);

  it('what goes with a file is by the same artist, then from the same folder, then anything', () => {
    expect(paths('a/1.mp3')).toEqual(['b/2.mp3', 'c/5.mp3', 'a/3.mp3', 'c/4.mp3', '6.mp3']);
  });

  it('chance says where each of these begins', () => {
    expect(paths('a/1.mp3', 0.9)).toEqual(['c/5.mp3', 'b/2.mp3', 'a/3.mp3', '6.mp3', 'c/4.mp3']);
  });

  it('files without an artist are not all by the same one', () => {
    expect(paths('c/4.mp3')[0]).toBe('c/5.mp3');
    expect(paths('6.mp3')).toHaveLength(5);
  });

  it('a file that is gone still has its folder', () => {
    expect(paths('a/gone.mp3').slice(0, 2)).toEqual(['a/1.mp3', 'a/3.mp3']);
  });

  it('no more are named than are ever looked at', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => file(`x/${n}.mp3`, 'Ada'));
    expect(new Set(alike(many, 'x/0.mp3', () => 0.99))).toHaveLength(100);
  });
});

describe('of all sources', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let subprocesses: Subprocesses;
  beforeEach(async () => {
    folder = await temporaryFolder();
    subprocesses = new Subprocesses(process.env);
  });
  afterEach(async () => {
    await subprocesses.closeAll();
    await folder.remove();
  });

  async function sources(behaviours: Behaviours) {
    const fake = await fakeYtDlp(folder.path, behaviours);
    const all = createSources({
      store: new MemoryStore(),
      subprocesses,
      dataDir: folder.path,
      musicDir: folder.path,
      ytDlpPath: fake.path,
      playlistLimit: 50,
      allowPrivateHosts: [],
    });
    const related = async (one: Track) =>
      (await all.related(one, signal, 'now'))?.map(({ identifier }) => identifier) ?? null;
    return { fake, related };
  }

  it('YouTube names its mix, without streams and what is gone', async () => {
    const videos = [
      { id: 'aaaaaaaaaaa', title: 'One', seconds: 60 },
      { id: 'bbbbbbbbbbb', title: 'Two', seconds: 213.4 },
      { id: 'ccccccccccc', title: 'Radio', seconds: null },
    ];
    const { link, shape } = mixOf(videos);
    const { fake, related } = await sources({ about: { [link]: { stdout: JSON.stringify(shape) } } });
    const watch = (id: string) => `https://www.youtube.com/watch?v=${id}`;
    expect(await related(track('youtube', watch('aaaaaaaaaaa')))).toEqual([watch('aaaaaaaaaaa'), watch('bbbbbbbbbbb')]);
    const [call] = await fake.calls();
    expect(call?.argv).toEqual(expect.arrayContaining(['--yes-playlist', '--flat-playlist', '1:25']));
    expect(call?.argv).not.toContain('--no-playlist');
  });

  it.each(['The playlist does not exist.', 'This playlist type is unviewable.'])(
    'a video without a mix has nothing that goes with it: %s',
    async (words) => {
      const stderr = `ERROR: [youtube:tab] RDaaaaaaaaaaa: YouTube said: ${words}`;
      const { related } = await sources({ stdout: 'null', stderr, code: 1 });
      expect(await related(track('youtube', 'https://youtu.be/aaaaaaaaaaa'))).toEqual([]);
    },
  );

  it('a site that turns us away says so', async () => {
    const { related } = await sources({ stdout: 'null', stderr: 'ERROR: [youtube] HTTP Error 429', code: 1 });
    await expect(related(track('youtube', 'https://youtu.be/x'))).rejects.toMatchObject({ code: 'SITE_BLOCKED' });
  });

  it.each([
    ['site', 'https://example.com/song'],
    ['direct-url', 'https://example.com/song.mp3'],
  ] as const)('%s knows of no such thing, and nobody is asked', async (source, identifier) => {
    const { fake, related } = await sources({ stdout: 'null' });
    expect(await related(track(source, identifier))).toBeNull();
    expect(await fake.calls()).toEqual([]);
  });

  it('the library names its files', async () => {
    await makeSound(`${folder.path}/one.wav`, { seconds: 0.2 });
    await makeSound(`${folder.path}/two.wav`, { seconds: 0.2 });
    const { related } = await sources({ stdout: 'null' });
    expect(await related(track('library', 'one.wav'))).toEqual(['two.wav']);
  });
});
