import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpClient } from '../../src/sources/http-client.ts';
import { Relay } from '../../src/sources/relay.ts';
import type { Media } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { sendBytes, startMediaServer, type MediaServer } from './media-server.ts';

const PIECE = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7 + (at >> 8)) % 256));
const NAMES = ['1.ts', '2.ts', '3.ts', 'song.key', 'head.mp4'];

let server: MediaServer;
let relay: Relay;
let life: AbortController;
/** The signature that is good. Links carry theirs in their path. */
let valid: number;
let renewals: number;
let status: number;
let ending: string;
/** How much of a piece goes out before the connection breaks and its link has expired; all of it unless told. */
let cutAt: number;

const signed = (answer: Buffer | (() => string)) => (request: IncomingMessage, response: ServerResponse) => {
  const signature = Number(/^\/(\d+)\//.exec(request.url ?? '')?.[1]);
  if (signature < valid) return void response.writeHead(status).end();
  if (typeof answer === 'function') return void response.end(answer());
  if (cutAt === Infinity) return sendBytes(answer, request, response);
  response.writeHead(200, { 'content-length': answer.length }).write(answer.subarray(0, cutAt), () => {
    expire();
    response.destroy();
  });
};
const expire = () => {
  valid += 1;
  cutAt = Infinity;
};
const list = () =>
  [
    '#EXTM3U',
    '#EXT-X-TARGETDURATION:2',
    '#EXT-X-MEDIA-SEQUENCE:18446744073709551000',
    '#EXT-X-KEY:METHOD=AES-128,URI="song.key"',
    '#EXT-X-MAP:URI="head.mp4"',
    ...['1.ts', '2.ts', '3.ts'].map((name) => `#EXTINF:2,\n${name}`),
    ending,
  ].join('\n');

beforeEach(async () => {
  [valid, renewals, status, ending, cutAt] = [1, 0, 403, '#EXT-X-ENDLIST', Infinity];
  const links = [1, 2, 3, 4, 5, 6].flatMap((signature) => [
    [`/${signature}/list.m3u8`, signed(list)] as const,
    [`/${signature}/all.m3u8`, signed(() => '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlist.m3u8\n')] as const,
    ...NAMES.map((name) => [`/${signature}/${name}`, signed(PIECE)] as const),
  ]);
  server = await startMediaServer(Object.fromEntries(links));
  relay = new Relay(new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] })));
  life = new AbortController();
});
afterEach(async () => {
  life.abort();
  await relay.close();
  await server.close();
});

const media = (path: string): Media & { kind: 'http' } => ({
  kind: 'http',
  url: server.url(path),
  headers: {},
  format: 'other',
});

/** The site gives a link with the signature that is good now. */
async function open(name = 'list.m3u8', found = () => valid) {
  const refresh = () => {
    renewals += 1;
    return Promise.resolve(media(`/${found()}/${name}`));
  };
  return relay.open(media(`/1/${name}`), { signal: life.signal, refresh });
}

/** Every address in a list, in order. */
async function addresses(url: string): Promise<readonly string[]> {
  const text = await (await fetch(url)).text();
  return [...text.matchAll(/URI="([^"]+)"|^([^#\s].*)$/gm)].map(
    ([, quoted, line]) => new URL(quoted ?? line ?? '', url).href,
  );
}
const bytes = async (url = '') => {
  const answer = await fetch(url);
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer().catch(() => new ArrayBuffer(0))) };
};

describe('when the links of a list expire', () => {
  it('everything in it is found by new links, under the names that it had, and the site is asked once', async () => {
    const relayed = await open();
    const all = await addresses(relayed.url);
    expect(all).toHaveLength(NAMES.length);
    expire();
    const answers = await Promise.all(all.map(bytes));
    for (const { status: said, body } of answers) expect([said, body.equals(PIECE)]).toEqual([200, true]);
    expect([renewals, relayed.failure]).toEqual([1, null]);
    expect(await addresses(relayed.url)).toEqual(all);
  });

  it('so it is behind a list of lists', async () => {
    const relayed = await open('all.m3u8');
    const [inner = ''] = await addresses(relayed.url);
    const [key, , first] = await addresses(inner);
    expire();
    for (const url of [first, key]) expect((await bytes(url)).body.equals(PIECE)).toBe(true);
    expect(renewals).toBe(1);
  });

  it('in the middle of a piece, that goes on at the same byte', async () => {
    const relayed = await open();
    const [, , first] = await addresses(relayed.url);
    cutAt = 100_000;
    expect((await bytes(first)).body.equals(PIECE)).toBe(true);
    expect(renewals).toBe(1);
    expect(server.requests.at(-1)).toMatchObject({ path: '/2/1.ts', range: `bytes=${100_000 - 1_024}-` });
  });

  it('again, they are found again', async () => {
    const relayed = await open();
    const all = await addresses(relayed.url);
    for (const url of all.slice(0, 2)) {
      expire();
      expect((await bytes(url)).status).toBe(200);
    }
    expect(renewals).toBe(2);
  });

  it('again and again, the site is asked a few times only', async () => {
    const relayed = await open();
    const all = await addresses(relayed.url);
    const statuses: number[] = [];
    for (const url of all) {
      expire();
      statuses.push((await bytes(url)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 403, 403]);
    expect(renewals).toBe(3);
  });

  it('and new ones are no better, that is the end', async () => {
    const relayed = await open('list.m3u8', () => 1);
    const all = await addresses(relayed.url);
    expire();
    for (const url of all.slice(2)) expect((await bytes(url)).status).toBe(403);
    expect(renewals).toBe(1);
    expect(relayed.failure).toMatchObject({ code: 'TRACK_UNAVAILABLE' });
  });

  it.each([
    ['a live stream, where pieces go all the time,', '', 0],
    ['a list that has an end', '#EXT-X-ENDLIST', 1],
  ])('of %s, a piece that is gone makes the site be asked as often as it should', async (_name, end, times) => {
    [ending, status] = [end, 404];
    const relayed = await open();
    const [, , first] = await addresses(relayed.url);
    expire();
    expect((await bytes(first)).status).toBe(times === 0 ? 404 : 200);
    expect(renewals).toBe(times);
  });

  it('of a live stream, the list is read on by its new link', async () => {
    ending = '';
    const relayed = await open();
    const all = await addresses(relayed.url);
    expire();
    expect(await addresses(relayed.url)).toEqual(all);
    expect(renewals).toBe(1);
  });
});
