import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InputFault } from '../../loopback/media/input-faults.ts';
import { makeFixtures, startMediaHost, type MediaHost } from '../../loopback/media.ts';

let folder = '';
let host: MediaHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-faults-'));
  const { directory } = await makeFixtures(folder, { seconds: 20 });
  host = await startMediaHost({ directory, internal: 'http://10.0.0.1/secret' });
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly length: number;
  readonly whole: boolean;
}

/** A plain GET that takes what it gets. */
function get(url: string, range = 'bytes=0-'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers: { range }, agent: false }, (response) => {
      let length = 0;
      response.on('data', (chunk: Buffer) => (length += chunk.length));
      response.on('error', () => undefined);
      response.once('close', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, length, whole: response.complete }),
      );
    });
    // A reset is told to the request as well, after its response has come.
    let answered = false;
    asking.once('response', () => (answered = true));
    asking.on('error', (error) => (answered ? undefined : reject(error))).end();
  });
}

it('a link without a fault gives the file and its parts', async () => {
  const url = host.linkTo('none', 'song.webm');
  const whole = await get(url);
  expect(whole).toMatchObject({ status: 206, whole: true, headers: { 'accept-ranges': 'bytes' } });
  expect(await get(url, 'bytes=10-19')).toMatchObject({ status: 206, length: 10 });
  expect(await get(url, 'bytes=99999999-')).toMatchObject({ status: 416 });
});

it('a connection breaks where the row says, in the way that it says', async () => {
  const reset = await get(host.linkTo('dropped every 48 KB', 'song.mp3'));
  expect(reset).toMatchObject({ status: 206, length: 48 * 1024, whole: false });
  const ended = await get(host.linkTo('chunked, ended early every 48 KB', 'song.mp3'));
  expect(ended).toMatchObject({ length: 48 * 1024, whole: true });
  expect(ended.headers['content-length']).toBeUndefined();
});

it('a server without ranges sends the whole, whatever is asked for', async () => {
  const url = host.linkTo('dropped, ranges ignored', 'song.webm');
  await get(url);
  expect(await get(url, 'bytes=1000-')).toMatchObject({ status: 200, whole: true });
});

it('a link expires, and a new one is good', async () => {
  const url = host.linkTo('403 after 96 KB', 'song.webm');
  expect(await get(url)).toMatchObject({ status: 206, length: 96 * 1024, whole: false });
  expect(await get(url)).toMatchObject({ status: 403 });
  expect(await get(host.linkTo('403 after 96 KB', 'song.webm', true))).toMatchObject({ status: 206, whole: true });
});

it('answers come instead of the file as often as the row says', async () => {
  const url = host.linkTo('503 twice at open', 'song.webm');
  const statuses = [await get(url), await get(url), await get(url)].map(({ status }) => status);
  expect(statuses).toEqual([503, 503, 206]);
});

it('each piece of a list breaks for itself', async () => {
  const list = host.linkTo('dropped every 48 KB', 'hls/song.m3u8');
  expect(await get(list)).toMatchObject({ status: 206, whole: true });
  for (const piece of ['song0.ts', 'song1.ts'])
    expect(await get(new URL(piece, list).href)).toMatchObject({ status: 206, length: 48 * 1024, whole: false });
});

it('a list and its pieces expire together', async () => {
  const list = host.linkTo('403 after 96 KB', 'hls/song.m3u8');
  expect(await get(list)).toMatchObject({ status: 206, whole: true });
  expect(await get(new URL('song0.ts', list).href)).toMatchObject({ status: 206, whole: true });
  expect(await get(new URL('song1.ts', list).href)).toMatchObject({ status: 206, whole: false });
  for (const name of ['song.m3u8', 'song0.ts', 'song2.ts'])
    expect(await get(new URL(name, list).href)).toMatchObject({ status: 403 });
});

it('a busy server is so for as long again when somebody comes too early', async () => {
  const url = host.linkTo('503 with Retry-After at open', 'song.webm');
  for (const _try of [1, 2]) expect(await get(url)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  await expect.poll(() => get(url), { interval: 1_100, timeout: 10_000 }).toMatchObject({ status: 206, whole: true });
});

it.each<[InputFault, object]>([
  ['gzip that nobody asked for', { headers: { 'content-encoding': 'gzip' } }],
  ['redirected to a file', { status: 302, headers: { location: 'file:///etc/passwd' } }],
  ['a sign-in page', { status: 200, headers: { 'content-type': 'text/html' } }],
])('a server answers as no server should: %s', async (fault, answer) => {
  expect(await get(host.linkTo(fault, 'song.webm'))).toMatchObject(answer);
});

it('a part may not say where it begins', async () => {
  const { status, headers } = await get(host.linkTo('parts that do not say where they begin', 'song.webm'));
  expect([status, headers['content-range']]).toEqual([206, undefined]);
});

it('a part may begin at the start, whatever was asked for', async () => {
  const { headers } = await get(host.linkTo('parts that begin at the start', 'song.webm'), 'bytes=1000-');
  expect(headers['content-range']).toMatch(/^bytes 0-/);
});

it('a file may be another one the next time', async () => {
  const url = host.linkTo('changed to another length', 'song.webm');
  const lengths = [await get(url), await get(url)].map(({ headers }) => headers['content-range']);
  expect(new Set(lengths).size).toBe(2);
});

it('a redirect can lead to a private address', async () => {
  const { status, headers } = await get(host.linkTo('redirected to a private address', 'song.webm'));
  expect([status, headers['location']]).toEqual([302, 'http://10.0.0.1/secret']);
});

it('a link that nobody made is not there', async () => {
  expect(await get(`${host.url}/links/none/song.webm`)).toMatchObject({ status: 404 });
  expect(await get(host.linkTo('none', '../song.webm'))).toMatchObject({ status: 404 });
});
