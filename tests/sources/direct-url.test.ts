import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenutoError } from '../../src/lib/errors.ts';
import { DirectUrl } from '../../src/sources/direct-url.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import type { Track } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { sendBytes, startMediaServer, type MediaServer } from './media-server.ts';
import { makeSound, temporaryFolder } from './sounds.ts';

const ENDINGS = ['webm', 'opus', 'ogg', 'mp3', 'm4a', 'flac', 'wav'];
const FORMATS: Readonly<Record<string, string>> = { webm: 'webm-opus', opus: 'ogg-opus' };
const signal = new AbortController().signal;
const source = new DirectUrl(new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] })));
const html = Buffer.from('<!DOCTYPE html><html><body>You are not logged in</body></html>');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: MediaServer;

beforeAll(async () => {
  folder = await temporaryFolder();
  const tags = { title: 'Long Note', artist: 'Ada' };
  const files = await Promise.all(
    ENDINGS.map(async (ending) => {
      const codec = ending === 'ogg' ? ['-c:a', 'libvorbis'] : [];
      return [`/song.${ending}`, await makeSound(`${folder.path}/song.${ending}`, { tags, output: codec })] as const;
    }),
  );
  const mp3 = files.find(([path]) => path === '/song.mp3')?.[1] ?? Buffer.alloc(0);
  server = await startMediaServer({
    ...Object.fromEntries(files),
    '/listen?id=1': mp3,
    '/a%20song%20%E2%99%AB.mp3': await makeSound(`${folder.path}/untitled.mp3`),
    '/100%.wav': await makeSound(`${folder.path}/untitled.wav`),
    '/page.mp3': html,
    '/page': html,
    '/picture': Buffer.from('89504e470d0a1a0a0000000d', 'hex'),
    '/empty.mp3': (_request, response) => void response.writeHead(200, { 'content-length': 0 }).end(),
    '/nothing.mp3': (_request, response) => void response.writeHead(200).end(),
    '/forbidden': (_request, response) => void response.writeHead(403).end(),
    '/forbidden.mp3': (_request, response) => void response.writeHead(403).end(),
    '/whole.mp3': (request, response) => {
      delete request.headers.range;
      sendBytes(mp3, request, response);
    },
    '/radio': (_request, response) =>
      void response.writeHead(200, { 'icy-name': 'Radio', 'content-type': 'audio/mpeg' }).end(mp3),
    '/live.m3u8': Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nsegment0.ts\n'),
    '/list.m3u': Buffer.from('#EXTM3U\n/etc/passwd\n'),
  });
});
afterAll(async () => {
  await server.close();
  await folder.remove();
});

const resolve = (path: string) => source.resolve({ kind: 'url', url: server.url(path) }, signal);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: TenutoError) => error.code,
  );

async function track(path: string): Promise<Track> {
  const resolution = await resolve(path);
  if (resolution.kind !== 'track') throw new Error(`expected a track, got ${resolution.kind}`);
  return resolution.track;
}

describe('an audio file on the web', () => {
  it.each(ENDINGS)('is known by its bytes, tags and length: %s', async (ending) => {
    const found = await track(`/song.${ending}`);
    expect(found).toMatchObject({ source: 'direct-url', title: 'Long Note', artist: 'Ada', live: false });
    // The length of Vorbis is only in its last page, which is not asked for; unknown is better than wrong.
    const expected = ending === 'ogg' ? 0 : 3_000;
    expect(Math.abs((found.durationMs ?? 0) - expected)).toBeLessThan(80);
    expect(await source.locate(found, signal)).toMatchObject({ kind: 'http', format: FORMATS[ending] ?? 'other' });
  });

  it('needs no ending in its link, which with a query in it is shown to nobody', async () => {
    expect(await track('/listen?id=1')).toMatchObject({
      title: 'Long Note',
      identifier: server.url('/listen?id=1').href,
      link: null,
    });
  });

  it('is called by its file name when it has no title', async () => {
    expect((await track('/a%20song%20%E2%99%AB.mp3')).title).toBe('a song ♫');
    expect((await track('/100%.wav')).title).toBe('100%');
  });

  it('is known from a server that sends no ranges', async () => {
    expect(await track('/whole.mp3')).toMatchObject({ title: 'Long Note' });
  });

  it('is live when a radio sends it', async () => {
    expect(await track('/radio')).toMatchObject({ live: true, durationMs: null });
  });

  it('may be an HLS stream, but not a list of anything', async () => {
    expect(await source.locate(await track('/live.m3u8'), signal)).toMatchObject({ format: 'other' });
    expect(await failure(resolve('/list.m3u'))).toBe('NOT_AUDIO');
  });
});

describe('what is no audio file', () => {
  it.each(['/page', '/picture', '/forbidden'])(
    'is left to the extractors when its name promises nothing: %s',
    async (path) => {
      expect(await resolve(path)).toEqual({ kind: 'nothing' });
    },
  );

  it.each([
    ['/page.mp3', 'NOT_AUDIO'],
    ['/empty.mp3', 'TRACK_UNAVAILABLE'],
    ['/nothing.mp3', 'TRACK_UNAVAILABLE'],
    ['/forbidden.mp3', 'TRACK_UNAVAILABLE'],
    ['/missing.mp3', 'TRACK_UNAVAILABLE'],
    ['/missing', 'TRACK_UNAVAILABLE'],
  ])('is one clear failure when its name promised it: %s', async (path, code) => {
    expect(await failure(resolve(path))).toBe(code);
  });
});
