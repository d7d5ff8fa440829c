import { once } from 'node:events';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpClient } from '../../src/sources/http-client.ts';
import { Relay, type Relayed } from '../../src/sources/relay.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { sendBytes, startMediaServer, type MediaServer } from './media-server.ts';

const OLD = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 8)) % 256));
const NEW = Buffer.from(OLD).reverse();
let server: MediaServer;
let relay: Relay;
let life: AbortController;
let file: Buffer;
let etag: string | null;

/** A server as it should be: what its If-Range says is no longer so is sent as a whole (RFC 9110, 13.1.5). */
function careful(asked: IncomingMessage, response: ServerResponse): void {
  if (etag !== null) response.setHeader('etag', etag);
  const condition = asked.headers['if-range'];
  if (condition === undefined || condition === etag) return sendBytes(file, asked, response);
  response.writeHead(200, { 'content-length': file.length }).end(file);
}

beforeEach(async () => {
  [file, etag] = [OLD, '"old"'];
  server = await startMediaServer({ '/file.mp3': careful });
  relay = new Relay(new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] })));
  life = new AbortController();
});
afterEach(async () => {
  life.abort();
  await relay.close();
  await server.close();
});

const open = () =>
  relay.open({ kind: 'http', url: server.url('/file.mp3'), headers: {}, format: 'other' }, { signal: life.signal });
async function ask({ url }: Relayed, headers: Record<string, string>, method = 'GET') {
  const asked = request(url, { method, headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
}

describe('a reader who goes to another place of a file', () => {
  it('asks for the same file as before', async () => {
    const relayed = await open();
    await ask(relayed, {});
    expect((await ask(relayed, { range: 'bytes=1000-' })).body.equals(OLD.subarray(1_000))).toBe(true);
    expect(server.requests.map(({ headers }) => headers['if-range'])).toEqual([undefined, '"old"']);
  });

  it.each([
    ['has another tag', NEW, '"new"'],
    ['has another length', NEW.subarray(0, 250_000), null],
  ])('gets nothing of one that took its place, which %s', async (_name, other, tag) => {
    if (tag === null) etag = null;
    const relayed = await open();
    await ask(relayed, {});
    [file, etag] = [other, tag];
    const { status, body } = await ask(relayed, { range: 'bytes=1000-' });
    expect([status, body.length]).toEqual([502, 0]);
    expect(relayed.failure).toMatchObject({ detail: 'it was changed on its server meanwhile' });
  });

  it('gets no more than it wants, and our server is asked for no more', async () => {
    const relayed = await open();
    await ask(relayed, {});
    expect((await ask(relayed, { range: 'bytes=10-19' })).body.equals(OLD.subarray(10, 20))).toBe(true);
    expect(server.requests.at(-1)?.range).toBe('bytes=10-19');
  });
});

describe('odd questions', () => {
  it('HEAD is answered as GET would be, without a body', async () => {
    const relayed = await open();
    for (const range of ['', 'bytes=100-199']) {
      const headers: Record<string, string> = range === '' ? {} : { range };
      const [head, get] = [await ask(relayed, headers, 'HEAD'), await ask(relayed, headers)];
      const about = ({ status, headers: said }: typeof head) => [
        status,
        said['content-length'],
        said['content-range'],
        said['content-type'],
      ];
      expect(about(head)).toEqual(about(get));
      expect(head.body).toHaveLength(0);
    }
  });

  it.each(['bytes=-500', 'bytes=20-10', 'bytes=0-1,5-6', 'items=0-5', 'bytes=a-b', 'bytes=0-99999999999999999999'])(
    'what is no range of one part is passed over: %s',
    async (range) => {
      const { status, body } = await ask(await open(), { range });
      expect([status, body.equals(OLD)]).toEqual([200, true]);
    },
  );

  it('a range that ends behind the end is answered to the end', async () => {
    const { status, headers, body } = await ask(await open(), { range: 'bytes=299000-400000' });
    expect([status, headers['content-range']]).toEqual([206, 'bytes 299000-299999/300000']);
    expect(body.equals(OLD.subarray(299_000))).toBe(true);
  });
});
