import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpClient } from '../../src/sources/http-client.ts';
import { FileIdentity } from '../../src/sources/resumable-identity.ts';
import { patiently } from '../../src/sources/relay-patience.ts';
import { resumable, type ResumableOptions } from '../../src/sources/resumable.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { sendBytes, startMediaServer, type MediaServer } from './media-server.ts';

const BYTES = Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7 + (at >> 8) * 13) & 0xff));
const http = new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] }));
const { signal } = new AbortController();

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let answers: Answer[] = [];
let server: MediaServer;
beforeEach(async () => {
  answers = [];
  server = await startMediaServer({
    '/song': (request, response) => (answers.shift() ?? whole)(request, response),
  });
});
afterEach(() => server.close());

const whole: Answer = (request, response) => sendBytes(BYTES, request, response);
const half: Answer = (_request, response) =>
  void response
    .writeHead(200, { 'content-length': BYTES.length })
    .write(BYTES.subarray(0, 100_000), () => response.destroy());
const busy =
  (retryAfter: string, status = 429): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'retry-after': retryAfter }).end();

function open(options: Partial<ResumableOptions> = {}) {
  const media = { kind: 'http', url: server.url('/song'), headers: {}, format: 'other' } as const;
  return resumable(http, media, { signal, patience: { delaysMs: [1, 1, 1] }, ...options });
}
async function read(options: Partial<ResumableOptions> = {}): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of (await open(options)).body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
describe('a server that says for how long it wants to be left alone', () => {
  it.each([
    ['in seconds', () => '1', 900],
    ['with a date', () => new Date(Date.now() + 3_000).toUTCString(), 900],
  ])('is left alone for so long: %s', async (_name, text, leastMs) => {
    const at: number[] = [];
    const noting =
      (answer: Answer): Answer =>
      (request, response) => {
        at.push(performance.now());
        answer(request, response);
      };
    answers = [half, (request, response) => noting(busy(text()))(request, response), noting(whole)];
    expect((await read()).equals(BYTES)).toBe(true);
    const [first = 0, second = 0] = at;
    expect(second - first).toBeGreaterThan(leastMs);
  });

  it('longer than anybody would wait is tried again after the most that we wait', async () => {
    answers = [half, busy('86400')];
    expect((await read({ patience: { delaysMs: [1, 1], retryAfterMs: 50 } })).equals(BYTES)).toBe(true);
  });

  it('longer than a person waits for the first byte is the end at once', async () => {
    answers = [busy('9', 503)];
    await expect(open()).rejects.toMatchObject({ detail: 'the server answered with error 503' });
    expect(server.requests).toHaveLength(1);
  });

  it.each(['', 'soon', '-5', '1e9', 'Thu, 01 Jan 1970 00:00:00 GMT'])(
    'in words that mean nothing is tried again as ever: "%s"',
    async (text) => {
      answers = [half, busy(text)];
      expect((await read()).equals(BYTES)).toBe(true);
    },
  );

  it('is left alone for so long also where pieces of a list are tried again', async () => {
    const began = performance.now();
    answers = [busy('1', 503)];
    const { body } = await patiently(signal, () => http.get(server.url('/song'), { signal }));
    body.destroy();
    expect(performance.now() - began).toBeGreaterThan(900);
  });
});

describe('a server that packs what nobody asked to be packed', () => {
  const packing =
    (encoding: string, bytes: Buffer): Answer =>
    (request, response) => {
      response.setHeader('content-encoding', encoding);
      sendBytes(bytes, request, response);
    };

  it.each([
    ['gzip', gzipSync(BYTES)],
    ['x-gzip', gzipSync(BYTES)],
    ['GZIP', gzipSync(BYTES)],
    ['deflate', deflateSync(BYTES)],
    ['br', brotliCompressSync(BYTES)],
    ['identity', BYTES],
  ])('is understood: %s', async (encoding, bytes) => {
    answers = Array.from({ length: 6 }, () => packing(encoding, bytes));
    expect((await read()).equals(BYTES)).toBe(true);
    const identity = new FileIdentity();
    await read({ identity });
    expect((await read({ identity, from: 300_000 })).equals(BYTES.subarray(300_000))).toBe(true);
  });

  it('is asked for a whole, as a part of a pack is of no use', async () => {
    answers = Array.from({ length: 2 }, () => packing('gzip', gzipSync(BYTES)));
    const { totalBytes, ranges, body } = await open();
    expect({ totalBytes, ranges }).toEqual({ totalBytes: null, ranges: false });
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=0-', undefined]);
    body.destroy();
  });

  it.each(['zip', 'gzip, gzip', 'toString'])('in a way that nobody knows is told of: %s', async (encoding) => {
    answers = Array.from({ length: 4 }, () => packing(encoding, BYTES));
    await expect(open()).rejects.toMatchObject({ detail: 'its server packs it in a way that I do not know' });
  });

  it('and breaks off is asked again', async () => {
    const packed = gzipSync(BYTES);
    const broken: Answer = (_request, response) =>
      void response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length })
        .write(packed.subarray(0, packed.length / 2), () => response.destroy());
    answers = [broken, packing('gzip', packed), packing('gzip', packed)];
    expect((await read()).equals(BYTES)).toBe(true);
  });

  it('cannot make more of it than a file may have', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    answers = Array.from({ length: 2 }, () => packing('gzip', bomb));
    await expect(read({ limits: { bytes: 1_000_000 } })).rejects.toMatchObject({ detail: 'the file is too large' });
  });
});
