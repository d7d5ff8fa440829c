import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { allowed, unmatched } from '../../src/sources/extractors.ts';
import { createSources } from '../../src/sources/index.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { startMediaServer, type MediaServer } from './media-server.ts';
import { temporaryFolder } from './sounds.ts';

const signal = new AbortController().signal;
const subprocesses = new Subprocesses(process.env);
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: MediaServer;

beforeAll(async () => {
  folder = await temporaryFolder();
  const html =
    '<html><head><title>A page</title></head><body><audio><source src="/song.mp3" type="audio/mpeg"></audio></body></html>';
  server = await startMediaServer({ '/page': Buffer.from(html), '/song.mp3': Buffer.from('ID3, and so on') });
});
afterAll(async () => {
  await subprocesses.closeAll();
  await server.close();
  await folder.remove();
});

/** As yt-dlp reads the option: the whole name, in any case. */
const matches = (pattern: string, name: string) => new RegExp(`^(?:${pattern})$`, 'i').test(name);

describe('what the setting allows', () => {
  it.each([
    [
      'music',
      ['youtube', 'youtube:tab', 'YoutubeYtBe', 'soundcloud:set', 'Bandcamp:album', 'archive.org', 'vimeo:user'],
    ],
    ['music,generic', ['youtube', 'generic', 'html5']],
    ['vimeo,ard*', ['vimeo', 'vimeo:album', 'ARD:mediathek', 'ARDBetaMediathek']],
  ])('%s takes the sites that it names', (setting, names) => {
    for (const name of names) expect([name, matches(allowed(setting.split(',')), name)]).toEqual([name, true]);
  });

  it.each([
    ['music', ['generic', 'end', 'facebook', 'archiveXorg', 'pornhub', 'vimeostock', 'MyYoutube']],
    ['vimeo', ['youtube', 'vimeo2', 'generic']],
  ])('%s takes no other', (setting, names) => {
    for (const name of names) expect([name, matches(allowed(setting.split(',')), name)]).toEqual([name, false]);
  });

  it('is everything where that is wanted', () => {
    expect(allowed(['music', 'all'])).toBe('default');
  });

  it('names only sites that the yt-dlp which is installed here knows', async () => {
    const { stdout } = await promisify(execFile)('yt-dlp', ['--ignore-config', '--list-extractors']);
    const pattern = /^\(\?:(.*)\)\(\?:/.exec(allowed(['music']))?.[1] ?? '';
    const names = pattern.split('|').map((part) => part.replaceAll('\\.', '.').replaceAll('.*', '*'));
    expect(names.length).toBeGreaterThan(40);
    expect(unmatched(names, stdout.split('\n'))).toEqual([]);
    expect(unmatched([...names, 'yuotube', 'music', 'all'], stdout.split('\n'))).toEqual(['yuotube']);
  });
});

describe('a page of no site in the list', () => {
  const open = async (extractors: readonly string[]) => {
    const places = { dataDir: folder.path, musicDir: folder.path, ytDlpPath: 'yt-dlp' };
    const all = createSources({
      ...places,
      extractors,
      store: new MemoryStore(),
      subprocesses,
      playlistLimit: 50,
      allowPrivateHosts: ['127.0.0.1'],
    });
    try {
      return await all.resolve(server.url('/page').href, signal);
    } finally {
      await all.close();
    }
  };

  it('is refused by the real yt-dlp, which does not look at it, with what the operator can do', async () => {
    const before = server.requests.length;
    const refused = await open(['music']).catch((error: { say: string }) => error.say);
    expect(refused).toContain('not one of those that I was set up for');
    expect(refused).toContain('EXTRACTORS');
    // Once by ourselves, to see whether it is sound.
    expect(server.requests.length - before).toBe(1);
  });

  it('is read where the operator allows any page', async () => {
    await expect(open(['music', 'generic'])).resolves.toMatchObject({ kind: 'track', track: { source: 'site' } });
  });
});
