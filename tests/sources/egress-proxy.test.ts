import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EgressProxy } from '../../src/sources/egress-proxy.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { startMediaServer, type MediaServer } from './media-server.ts';

let server: MediaServer;
let egress: EgressProxy;
let proxy: URL;

beforeEach(async () => {
  server = await startMediaServer({
    '/page': Buffer.from('a page'),
    '/moved': (_request, response) => void response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
    '/echo': (asked, response) => void asked.pipe(response.writeHead(200)),
    '/endless': (_request, response) => void response.writeHead(200).write('x'),
  });
  egress = new EgressProxy(
    new UrlGuard({ allowedHosts: [server.url('/').host], lookup: () => Promise.reject(new Error('no')) }),
  );
  proxy = new URL((await egress.environment())['http_proxy'] ?? '');
});
afterEach(async () => {
  await egress.close();
  await server.close();
});

const credentials = () => `Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')}`;

/** Everything that comes back for these bytes, until the connection is closed. */
async function say(text: string | Buffer): Promise<string> {
  const socket = connect(Number(proxy.port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString('latin1');
}

const get = (target: string, more = `proxy-authorization: ${credentials()}\r\n`, method = 'GET') =>
  say(`${method} ${target} HTTP/1.1\r\nhost: whatever\r\nconnection: close\r\n${more}\r\n`);

describe('who has the password', () => {
  it('gets what is outside, without what is said about the connection', async () => {
    const answer = await get(server.url('/page').href);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(answer).toContain('a page');
    const [asked] = server.requests;
    expect(asked?.headers['host']).toBe(server.url('/').host);
    expect(asked?.headers['proxy-authorization']).toBeUndefined();
  });

  it('sends what a form sends', async () => {
    const body = `content-length: 5\r\nproxy-authorization: ${credentials()}\r\n\r\nhello`;
    const { href } = server.url('/echo');
    expect(await say(`POST ${href} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${body}`)).toContain('hello');
  });

  it('is told of redirects and not led along them', async () => {
    expect(await get(server.url('/moved').href)).toContain('location: http://10.0.0.1/');
  });

  it('speaks with a host by itself', async () => {
    const { host } = server.url('/');
    const asked = request({
      port: proxy.port,
      host: '127.0.0.1',
      method: 'CONNECT',
      path: host,
      headers: { 'proxy-authorization': credentials() },
    }).end();
    const [answer, socket] = await once(asked, 'connect');
    expect(answer.statusCode).toBe(200);
    socket.write(`GET /page HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toContain('a page');
  });

  it.each([
    ['GET', 'http://10.0.0.1/', 403],
    ['GET', 'http://0x7f.1:8080/', 403],
    ['GET', 'http://[::ffff:10.0.0.1]/', 403],
    ['GET', 'http://user:password@example.com/', 403],
    ['GET', 'http://example.com:22/', 403],
    ['GET', 'https://example.com/', 403],
    ['GET', 'ftp://example.com/', 403],
    ['GET', 'file:///etc/passwd', 403],
    ['GET', '/page', 403],
    ['DELETE', 'http://example.com/', 403],
    ['GET', 'http://nowhere.example/', 502],
    ['CONNECT', '10.0.0.1:443', 403],
    ['CONNECT', '0x7f.1:443', 403],
    ['CONNECT', '[::1]:443', 403],
    ['CONNECT', 'localhost:443', 403],
    ['CONNECT', 'example.com:25', 403],
    ['CONNECT', 'example.com@10.0.0.1:443', 403],
    ['CONNECT', 'example.com', 403],
    ['CONNECT', 'nowhere.example:443', 502],
  ])('is refused %s %s', async (method, target, status) => {
    expect(await get(target, undefined, method)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(server.requests).toEqual([]);
  });
});

describe('who has it not', () => {
  it.each(['', 'Basic ', 'Basic dGVudXRvOg==', 'Bearer x', 'Basic \u00ff\u00ff'])('gets nothing: %j', async (given) => {
    const header = given === '' ? '' : `proxy-authorization: ${given}\r\n`;
    expect(await get(server.url('/page').href, header)).toMatch(/^HTTP\/1.1 407 /);
    expect(await get(server.url('/').host, header, 'CONNECT')).toMatch(/^HTTP\/1.1 407 /);
    expect(server.requests).toEqual([]);
  });

  it('gets nothing with the password of another start', async () => {
    const another = new EgressProxy(new UrlGuard());
    const { username, password } = new URL((await another.environment())['http_proxy'] ?? '');
    await another.close();
    const header = `proxy-authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}\r\n`;
    expect(await get(server.url('/page').href, header)).toMatch(/^HTTP\/1.1 407 /);
  });
});

describe('whatever arrives', () => {
  it.each([
    ['no HTTP', Buffer.from('1603010200010001fc0303', 'hex')],
    ['binary zeros', Buffer.alloc(4_096)],
    ['a header without end', `GET http://example.com/ HTTP/1.1\r\nx: ${'x'.repeat(200_000)}`],
    ['two lengths', 'POST http://example.com/ HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
  ])('ends in a closed connection, and the next one works: %s', async (_name, bytes) => {
    expect(await say(bytes)).not.toMatch(/^HTTP\/1.1 2/);
    expect(await get(server.url('/page').href)).toContain('a page');
  });

  it('goes on when a client leaves in the middle', async () => {
    const socket = connect(Number(proxy.port), '127.0.0.1');
    socket.write(
      `GET ${server.url('/endless').href} HTTP/1.1\r\nhost: x\r\nproxy-authorization: ${credentials()}\r\n\r\n`,
    );
    await once(socket, 'data');
    socket.resetAndDestroy();
    expect(await get(server.url('/page').href)).toContain('a page');
  });

  it('ends with the proxy, and none is begun after it', async () => {
    const cut = get(server.url('/endless').href);
    await expect.poll(() => server.requests.length).toBe(1);
    await egress.close();
    expect(await cut).not.toContain('HTTP/1.1 5');
    await expect(egress.environment()).rejects.toMatchObject({ code: 'STOPPING' });
  });
});
