import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NAMES, WORDS } from '../../loopback/hostile/words.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { openAudio } from '../../src/player/audio-pipeline.ts';
import { EgressProxy } from '../../src/sources/egress-proxy.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { parseQuery } from '../../src/sources/query.ts';
import { Relay } from '../../src/sources/relay.ts';
import type { Media } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { YtDlp } from '../../src/sources/yt-dlp.ts';
import { startMediaServer, type MediaServer } from './media-server.ts';
import { makeSound, temporaryFolder } from './sounds.ts';

const rates = { extractionsAtOnce: 4, extractionsPerMinute: 10_000 };
const signal = new AbortController().signal;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: MediaServer;
let subprocesses: Subprocesses;
let egress: EgressProxy;
let cache: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  cache = join(folder.path, 'cache', 'yt-dlp');
  await mkdir(cache, { recursive: true });
  await writeFile(join(cache, 'kept'), '');
  server = await startMediaServer({ '/song.mp3': await makeSound(join(folder.path, 'song.mp3'), { seconds: 1 }) });
  for (const name of ['evil.conf', 'evil.txt']) await writeFile(join(folder.path, name), server.url('/').href);
  await writeFile(join(folder.path, 'evil.json'), JSON.stringify({ id: 'x', title: 'x', url: server.url('/').href }));
  subprocesses = new Subprocesses(process.env);
  egress = new EgressProxy(new UrlGuard({ lookup: () => Promise.reject(new Error('no network here')) }));
});
afterEach(async () => {
  await subprocesses.closeAll();
  await egress.close();
  await server.close();
  await folder.remove();
});

const KNOWN = new Set(['song.mp3', 'evil.conf', 'evil.txt', 'evil.json', 'cache', 'cache/yt-dlp', 'cache/yt-dlp/kept']);
/** Every file but those that were there. */
const added = async () => (await readdir(folder.path, { recursive: true })).filter((name) => !KNOWN.has(name));
const filled = (words: string) => words.replaceAll('%', folder.path).replaceAll('@', server.url('/').host);

describe('what a person types, to the real yt-dlp,', () => {
  it('is never more than words', { timeout: 180_000 }, async () => {
    const ytDlp = new YtDlp({ path: 'yt-dlp', dataDir: folder.path, subprocesses, egress, rates });
    // Each is a start of yt-dlp; `npm run media` has them all.
    const asked = WORDS.filter((_, at) => at % 2 === 0).map(async (words) => {
      const query = parseQuery(filled(words));
      // A link goes to yt-dlp as one that was parsed and written anew.
      if (query.kind === 'url') return 'a link';
      await ytDlp.extract({ kind: 'youtube-search', words: query.words }, { signal });
      return 'an answer';
    });
    const outcomes = await Promise.allSettled(asked);
    const said = outcomes.map((one) =>
      one.status === 'fulfilled' ? one.value : (one.reason as { code: string }).code,
    );
    for (const one of said) expect(['BAD_QUERY', 'NETWORK_DOWN', 'a link']).toContain(one);
    expect(said.filter((one) => one === 'NETWORK_DOWN').length).toBeGreaterThan(said.length / 2);
    expect(await added()).toEqual([]);
    expect(await readdir(cache)).toContain('kept');
    expect(server.requests).toEqual([]);
  });

  it('would be more in another place', async () => {
    const bare = ['--ignore-config', '--cache-dir', cache];
    await promisify(execFile)('yt-dlp', [...bare, '--rm-cache-dir']).catch(() => undefined);
    await promisify(execFile)('yt-dlp', [...bare, '-J', filled('--batch-file=%/evil.txt')]).catch(() => undefined);
    expect(await readdir(join(folder.path, 'cache'))).toEqual([]);
    expect(server.requests.length).toBeGreaterThan(0);
  });
});

describe('what ffmpeg is given', () => {
  const play = async (media: Media) => {
    const http = new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] }));
    const relay = new Relay(http);
    const options = {
      startMs: 0,
      volume: 100,
      durationMs: null,
      ffmpegPath: 'ffmpeg',
      signal,
      http,
      relay,
      subprocesses,
    };
    const { packets } = await openAudio(media, options);
    let heard = 0;
    for await (const _packet of packets) heard += 1;
    await relay.close();
    return heard;
  };

  it('is the name of a file, whatever it looks like', async () => {
    const names = await temporaryFolder();
    for (const name of NAMES) {
      const path = join(names.path, name);
      await copyFile(join(folder.path, 'song.mp3'), path);
      expect([name, (await play({ kind: 'file', path, format: 'other' })) >= 50]).toEqual([name, true]);
    }
    expect((await readdir(names.path)).toSorted()).toEqual(NAMES.toSorted());
    await names.remove();
  });

  it('has nothing of what a site says in its headers', async () => {
    const headers = { 'x-fine': '1', 'x-odd': 'a\r\nx-evil: 1', 'x-evil\r\nx': '1', '': '1' };
    expect(await play({ kind: 'http', url: server.url('/song.mp3'), headers, format: 'other' })).toBeGreaterThan(40);
    for (const request of server.requests) expect(request.headers).toMatchObject({ 'x-fine': '1' });
    for (const request of server.requests) expect(Object.keys(request.headers).join()).not.toMatch(/evil|odd/);
  });
});
