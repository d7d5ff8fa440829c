import { getEventListeners, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { HttpClient } from '../../src/sources/http-client.ts';
import { retryDelay } from '../../src/sources/resumable-remedy.ts';
import { resumable, type ResumableOptions } from '../../src/sources/resumable.ts';
import type { Media } from '../../src/sources/source.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { sendBytes, startMediaServer, type MediaServer } from './media-server.ts';

const PATIENCE = { openMs: 60_000, stallMs: 10_000, delaysMs: [1, 2, 4, 8, 16], skipMs: 5_000 };
const BYTES = Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7 + (at >> 8) * 13) & 0xff));

type HttpMedia = Extract<Media, { kind: 'http' }>;
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const http = new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] }));
const servers: MediaServer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) await server.close();
});

async function serving(answer: Answer | Buffer): Promise<{ server: MediaServer; media: HttpMedia }> {
  const server = await startMediaServer({ '/song': answer, '/new': BYTES });
  servers.push(server);
  return { server, media: link(server, '/song') };
}

const link = (server: MediaServer, path: string): HttpMedia => ({
  kind: 'http',
  url: server.url(path),
  headers: {},
  format: 'webm-opus',
});

function open(media: HttpMedia, options: Partial<ResumableOptions> = {}) {
  return resumable(http, media, { signal: new AbortController().signal, patience: PATIENCE, ...options });
}

async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const dropping =
  (afterBytes: number): Answer =>
  (request, response) => {
    const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
    response.writeHead(206, {
      'content-length': BYTES.length - from,
      'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}`,
      etag: '"one"',
    });
    response.write(BYTES.subarray(from, from + afterBytes), () => response.socket?.end());
  };

describe('what is known when it is open', () => {
  it('is its length, and whether its server sends parts', async () => {
    const { media } = await serving(BYTES);
    const { totalBytes, ranges, body } = await open(media);
    expect({ totalBytes, ranges }).toEqual({ totalBytes: BYTES.length, ranges: true });
    body.destroy();
  });

  it('holds from the byte on that was asked for, also where a server only sends the whole', async () => {
    const { media } = await serving(BYTES);
    const whole = await serving((_request, response) => void response.writeHead(200).end(BYTES));
    for (const one of [media, whole.media]) {
      const { body } = await open(one, { from: 300_000 });
      expect((await readAll(body)).equals(BYTES.subarray(300_000))).toBe(true);
    }
  });

  it('is told to the server again, so that it does not go on with another file', async () => {
    const { server, media } = await serving(dropping(150_000));
    const { body } = await open(media);
    expect((await readAll(body)).equals(BYTES)).toBe(true);
    expect(server.requests[0]?.headers['if-range']).toBeUndefined();
    expect(server.requests.slice(1).map(({ headers }) => headers['if-range'])).toEqual(['"one"', '"one"']);
  });
});

describe('tries', () => {
  it('wait a little longer each time, differently for each reader, and come to an end', () => {
    const delays = [100, 300, 1_000];
    expect([0, 1, 2, 3].map((n) => retryDelay(delays, n, () => 1))).toEqual([100, 300, 1_000, null]);
    expect([0, 1, 2].map((n) => retryDelay(delays, n, () => 0))).toEqual([50, 150, 500]);
  });

  it('are few where none brings anything', async () => {
    const { server, media } = await serving((_request, response) => void response.writeHead(503).end());
    await expect(open(media)).rejects.toMatchObject({ detail: 'the server answered with error 503' });
    expect(server.requests).toHaveLength(1 + PATIENCE.delaysMs.length);
  });

  it('are few where each brings hardly anything', async () => {
    const { server, media } = await serving(dropping(1_100));
    const { body } = await open(media);
    await expect(readAll(body)).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE' });
    expect(server.requests.length).toBeLessThan(20);
  });

  it('end sooner while a person waits for the first byte of a server that says nothing', async () => {
    const { server, media } = await serving((_request, response) => response.writeHead(200).flushHeaders());
    const { body } = await open(media, { patience: { openMs: 90, stallMs: 50, delaysMs: [1, 1, 1, 1, 1, 1, 1, 1] } });
    await expect(readAll(body)).rejects.toMatchObject({ detail: 'the server stopped sending' });
    expect(server.requests.length).toBeLessThan(4);
  });

  it('are none while a person waits and there is no way to the server', async () => {
    const { server, media } = await serving(BYTES);
    await server.close();
    servers.pop();
    const began = performance.now();
    await expect(open(media, { patience: { delaysMs: [60_000] } })).rejects.toMatchObject({ code: 'NETWORK_DOWN' });
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('are none for a radio, which has no place to go back to', async () => {
    const { server, media } = await serving((_request, response) => {
      response.writeHead(200, { 'icy-name': 'Tenuto FM' });
      response.write(BYTES, () => response.destroy());
    });
    const { body } = await open(media);
    await expect(readAll(body)).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a link that has expired', () => {
  const expired: Answer = (request, response) =>
    /bytes=0-/.test(request.headers.range ?? '') ? dropping(150_000)(request, response) : response.writeHead(403).end();

  it('is replaced by a new one, asked for once', async () => {
    const { server, media } = await serving(expired);
    const refresh = vi.fn(() => Promise.resolve(link(server, '/new')));
    const { body } = await open(media, { refresh });
    expect((await readAll(body)).equals(BYTES)).toBe(true);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('is the end where nobody knows a new one', async () => {
    const { server, media } = await serving(expired);
    const { body } = await open(media);
    await expect(readAll(body)).rejects.toMatchObject({ detail: 'the server does not allow it' });
    expect(server.requests).toHaveLength(2);
  });

  it('is the end where the new one is no better, so that a site is not asked again and again', async () => {
    const { server, media } = await serving(expired);
    const refresh = vi.fn(() => Promise.resolve(link(server, '/song')));
    const { body } = await open(media, { refresh });
    await expect(readAll(body)).rejects.toMatchObject({ detail: 'the server does not allow it' });
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('is the end for the reason that its site gives', async () => {
    const { media } = await serving(expired);
    const { body } = await open(media, { refresh: () => Promise.reject(new TenutoError('TRACK_CLOSED', 'private')) });
    await expect(readAll(body)).rejects.toMatchObject({ code: 'TRACK_CLOSED', detail: 'private' });
  });

  it.each([
    ['another format', (media: HttpMedia): Media => ({ ...media, format: 'ogg-opus' })],
    ['a file of the disk', (): Media => ({ kind: 'file', path: '/etc/passwd', format: 'webm-opus' })],
  ])('is not replaced by %s', async (_name, other) => {
    const { server, media } = await serving(expired);
    const { body } = await open(media, { refresh: () => Promise.resolve(other(link(server, '/new'))) });
    await expect(readAll(body)).rejects.toMatchObject({ detail: 'it was changed on its server meanwhile' });
  });
});

describe('limits', () => {
  it('hold for what the server says, and for what it sends', async () => {
    const { media } = await serving(BYTES);
    await expect(open(media, { limits: { bytes: 100_000 } })).rejects.toMatchObject({
      detail: 'the file is too large',
    });
    const silent = await serving((_request, response) => void response.writeHead(200).end(BYTES));
    const { body } = await open(silent.media, { limits: { bytes: 100_000 } });
    await expect(readAll(body)).rejects.toMatchObject({ detail: 'the file is too large' });
  });

  it('hold for how long it goes on', async () => {
    const { media } = await serving(BYTES);
    const { body } = await open(media, { limits: { ageMs: -1 } });
    await expect(readAll(body)).rejects.toMatchObject({ detail: 'it has gone on for too long' });
  });
});

describe('nobody wants bytes for a while:', () => {
  it('no clock runs, and the rest is there when somebody wants it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { server, media } = await serving(sendSlowlyRead);
    const { body } = await open(media);
    body.once('readable', () => undefined);
    await expect.poll(() => body.readableLength, { timeout: 10_000 }).toBeGreaterThanOrEqual(128 * 1024);
    expect(vi.getTimerCount()).toBe(0);
    expect(server.requests).toHaveLength(1);
    vi.useRealTimers();
    expect((await readAll(body)).equals(BYTES)).toBe(true);
  });

  it('a server that closes the connection meanwhile is asked again', async () => {
    const { server, media } = await serving(dropping(200_000));
    const { body } = await open(media);
    body.once('readable', () => undefined);
    await expect.poll(() => body.readableLength, { timeout: 10_000 }).toBeGreaterThanOrEqual(128 * 1024);
    expect(server.requests).toHaveLength(1);
    expect((await readAll(body)).equals(BYTES)).toBe(true);
    expect(server.requests.length).toBeGreaterThan(1);
  });

  const sendSlowlyRead: Answer = (request, response) => sendBytes(BYTES, request, response);
});

describe('an end', () => {
  it.each(['an abort', 'a destroy'])('by %s closes the connection, without an error', async (how) => {
    const closed = Promise.withResolvers<void>();
    const { media } = await serving((_request, response) => {
      response.writeHead(200, { 'content-length': BYTES.length }).write(BYTES.subarray(0, 1_000));
      response.once('close', () => closed.resolve());
    });
    const life = new AbortController();
    const { body } = await open(media, { signal: life.signal });
    await once(body, 'readable');
    const failed = vi.fn();
    body.on('error', failed);
    const over = once(body, 'close');
    if (how === 'an abort') life.abort(new Error('skipped'));
    else body.destroy();
    await Promise.all([over, closed.promise]);
    expect(failed).not.toHaveBeenCalled();
    expect(getEventListeners(life.signal, 'abort')).toHaveLength(0);
  });

  it('while it waits for its next try leaves no timer', async () => {
    const { server, media } = await serving((_request, response) => void response.writeHead(503).end());
    const life = new AbortController();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const opened = open(media, { signal: life.signal, patience: { delaysMs: [60_000] } });
    const failure = opened.then(
      () => null,
      (error: unknown) => error,
    );
    await expect.poll(() => server.requests.length === 1 && vi.getTimerCount() === 1).toBe(true);
    life.abort(new Error('skipped'));
    expect(await failure).toMatchObject({ message: 'skipped' });
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(life.signal, 'abort')).toHaveLength(0);
  });

  it('that is reached leaves nothing behind', async () => {
    const { media } = await serving(dropping(20_000));
    const life = new AbortController();
    const warned = vi.fn();
    process.on('warning', warned);
    const { body } = await open(media, { signal: life.signal });
    expect((await readAll(body)).equals(BYTES)).toBe(true);
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
    expect(getEventListeners(life.signal, 'abort')).toHaveLength(0);
  });
});

it('what was read before a failure still comes before it', async () => {
  const half = BYTES.subarray(0, 100_000);
  const { media } = await serving((request, response) => {
    if (/bytes=0-/.test(request.headers.range ?? '')) return dropping(half.length)(request, response);
    response.writeHead(403).end();
  });
  const asked = Promise.withResolvers<void>();
  const refresh = () => {
    asked.resolve();
    return Promise.reject(new TenutoError('TRACK_CLOSED', 'private'));
  };
  const { body } = await open(media, { refresh });
  body.once('readable', () => undefined);
  await asked.promise;
  // The failure is known then.
  await new Promise((resolve) => setImmediate(resolve));
  const closed = new Promise<void>((resolve) => body.once('close', () => resolve()));
  const chunks: Buffer[] = [];
  body.on('data', (chunk: Buffer) => chunks.push(chunk));
  await closed;
  expect(Buffer.concat(chunks).equals(half)).toBe(true);
  expect(body.errored).toMatchObject({ code: 'TRACK_CLOSED' });
});
