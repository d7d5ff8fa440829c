import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpClient } from '../../src/sources/http-client.ts';
import { Relay, type Relayed } from '../../src/sources/relay.ts';
import type { Media } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { sendBytes, startMediaServer, type MediaServer } from './media-server.ts';

const FILE = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 8)) % 256));
const LIST = '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n/busy.ts\n#EXTINF:2,\n/gone.ts\n#EXTINF:2,\n/piece.ts\n';
let server: MediaServer;
let relay: Relay;
let life: AbortController;
let busy: number;
let expired: boolean;
let sequence: number;

beforeEach(async () => {
  [busy, expired, sequence] = [2, false, 0];
  server = await startMediaServer({
    '/file.mp3': FILE,
    '/fresh.mp3': FILE,
    '/moved.mp3': (_request, response) => void response.writeHead(302, { location: '/file.mp3' }).end(),
    '/expiring.mp3': (asked, response) =>
      expired ? void response.writeHead(403).end() : sendBytes(FILE, asked, response),
    '/whole.mp3': (_request, response) => void response.writeHead(200, { 'content-length': FILE.length }).end(FILE),
    '/endless.mp3': (_request, response) => void response.writeHead(200).write('x'.repeat(1_000)),
    '/list.m3u8': Buffer.from(LIST),
    '/live.m3u8': (_request, response) =>
      void response.end(
        `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${(sequence += 1)}\n#EXTINF:2,\n/${sequence}.ts\n#EXTINF:2,\n/${sequence + 1}.ts\n`,
      ),
    '/busy.ts': (asked, response) =>
      (busy -= 1) >= 0 ? void response.writeHead(503).end() : sendBytes(FILE, asked, response),
    '/piece.ts': FILE,
  });
  relay = new Relay(new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] })));
  life = new AbortController();
});
afterEach(async () => {
  life.abort();
  await relay.close();
  await server.close();
});

const open = (path: string, more: Partial<Media & { kind: 'http' }> = {}, refresh?: () => Promise<Media>) =>
  relay.open(
    { kind: 'http', url: server.url(path), headers: {}, format: 'other', ...more },
    { signal: life.signal, refresh },
  );
const bytes = async (url: string, range?: string) => {
  const answer = await fetch(url, range === undefined ? {} : { headers: { range } });
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()), headers: answer.headers };
};
const pieces = async (list: Relayed) => {
  const text = await (await fetch(list.url)).text();
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((name) => new URL(name, list.url).href);
};

describe('a file', () => {
  it.each(['/file.mp3', '/moved.mp3'])('comes as a whole, and in parts: %s', async (path) => {
    const { url } = await open(path);
    expect((await bytes(url)).body.equals(FILE)).toBe(true);
    const part = await bytes(url, 'bytes=1000-1999');
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000-1999/${FILE.length}`]);
    expect(part.body.equals(FILE.subarray(1_000, 2_000))).toBe(true);
    expect((await bytes(url, 'bytes=299000-')).body.equals(FILE.subarray(299_000))).toBe(true);
  });

  it('comes as a whole from a server that has no parts', async () => {
    const { url } = await open('/whole.mp3');
    const whole = await bytes(url, 'bytes=0-');
    expect([whole.status, whole.body.equals(FILE)]).toEqual([200, true]);
    expect((await bytes(url, 'bytes=200000-')).body.equals(FILE.subarray(200_000))).toBe(true);
  });

  it('is asked for once, also for being looked at', async () => {
    const { url } = await open('/file.mp3');
    await bytes(url, 'bytes=0-');
    expect(server.requests).toHaveLength(1);
  });

  it('has nothing behind its end, and that is no failure', async () => {
    const relayed = await open('/file.mp3');
    expect((await bytes(relayed.url, 'bytes=300000-')).status).toBe(416);
    expect(relayed.failure).toBeNull();
  });

  it('is told to be gone when its link has expired', async () => {
    const relayed = await open('/expiring.mp3');
    expired = true;
    expect((await bytes(relayed.url, 'bytes=100-')).status).toBe(403);
    expect(relayed.failure).toMatchObject({ code: 'TRACK_UNAVAILABLE' });
  });

  it('goes on by a new link, which is kept', async () => {
    let renewed = 0;
    const relayed = await open('/expiring.mp3', {}, async () => {
      renewed += 1;
      return { kind: 'http', url: server.url('/fresh.mp3'), headers: {}, format: 'other' };
    });
    expired = true;
    for (const from of [100, 200]) {
      expect((await bytes(relayed.url, `bytes=${from}-`)).body.equals(FILE.subarray(from))).toBe(true);
    }
    expect([renewed, relayed.failure]).toEqual([1, null]);
  });

  it.each([
    ['/missing.mp3', 'TRACK_UNAVAILABLE'],
    ['http://10.0.0.1/a.mp3', 'BLOCKED_ADDRESS'],
  ])('that is not there is told of at once: %s', async (path, code) => {
    await expect(open(path)).rejects.toMatchObject({ code });
  });
});

describe('an address', () => {
  it('is random, and holds until the track is over', async () => {
    const [one, other] = [await open('/file.mp3'), await open('/file.mp3')];
    expect(one.url).not.toBe(other.url);
    expect(new URL(one.url).pathname.length).toBeGreaterThan(32);
    one.close();
    expect((await bytes(one.url)).status).toBe(404);
    expect((await bytes(other.url)).status).toBe(200);
    life.abort();
    expect((await bytes(other.url)).status).toBe(404);
  });

  it('ends what is being read when the track is over', async () => {
    const relayed = await open('/endless.mp3');
    const answer = await fetch(relayed.url);
    relayed.close();
    await expect(answer.arrayBuffer()).rejects.toThrow();
    expect(relayed.failure).toBeNull();
  });

  it.each([
    ['another origin', 'GET', () => 'http://10.0.0.1/'],
    ['another origin with the same path', 'GET', (url: URL) => `http://localhost:${url.port}${url.pathname}`],
    ['no token', 'GET', () => '/'],
    ['a guess', 'GET', () => '/AAAA/1.mp3'],
    ['more behind it', 'GET', (url: URL) => `${url.pathname}/x`],
    ['another name', 'GET', (url: URL) => url.pathname.replace('1.', '2.')],
    ['another method', 'POST', (url: URL) => url.pathname],
    ['an upload', 'PUT', (url: URL) => url.pathname],
  ])('is all that is answered: %s', async (_name, method, path) => {
    const url = new URL((await open('/file.mp3')).url);
    const asked = request({ host: '127.0.0.1', port: url.port, method, path: path(url) }).end();
    const [answer] = await once(asked, 'response');
    expect(answer.resume().statusCode).toBe(404);
  });
});

describe('a list', () => {
  it('leads to pieces on the relay only, each tried again and none missed for ever', async () => {
    const list = await open('/list.m3u8');
    expect(list.kind).toBe('playlist');
    const [first = '', second = '', third = ''] = await pieces(list);
    for (const href of [first, second, third])
      expect(href.startsWith(list.url.slice(0, list.url.lastIndexOf('/')))).toBe(true);
    expect((await bytes(first)).body.equals(FILE)).toBe(true);
    expect((await bytes(second)).status).toBe(404);
    expect(list.failure).toMatchObject({ code: 'TRACK_UNAVAILABLE' });
    expect((await bytes(third, 'bytes=10-19')).body.equals(FILE.subarray(10, 20))).toBe(true);
    expect(list.failure).toBeNull();
  });

  it('of a live stream is read anew each time, and names its pieces as before', async () => {
    const list = await open('/live.m3u8');
    const [before, after] = [await pieces(list), await pieces(list)];
    expect(after[0]).toBe(before[1]);
    expect(after[1]).not.toBe(before[0]);
  });

  it('gives our credentials to its own host only', async () => {
    const other = await startMediaServer({ '/piece.ts': FILE });
    const list = await startMediaServer({
      '/list.m3u8': Buffer.from(`#EXTM3U\n#EXTINF:2,\n/piece.ts\n#EXTINF:2,\n${other.url('/piece.ts').href}\n`),
      '/piece.ts': FILE,
    });
    const relayed = await open('', { url: list.url('/list.m3u8'), headers: { cookie: 'secret=1', referer: 'x' } });
    for (const href of await pieces(relayed)) await bytes(href);
    expect(list.requests.map(({ headers }) => headers['cookie'])).toEqual(['secret=1', 'secret=1']);
    expect(other.requests.map(({ headers }) => [headers['cookie'], headers['referer']])).toEqual([[undefined, 'x']]);
    await Promise.all([list.close(), other.close()]);
  });
});
