import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { TenutoError } from '../../src/lib/errors.ts';
import { HttpClient, networkFailure } from '../../src/sources/http-client.ts';
import { readHead } from '../../src/sources/sniff.ts';
import { UrlGuard } from '../../src/sources/url-guard.ts';
import { startMediaServer, type MediaServer } from './media-server.ts';

const signal = new AbortController().signal;
const http = new HttpClient(new UrlGuard({ allowedHosts: ['127.0.0.1'] }));
const opened: MediaServer[] = [];

async function serve(answers: Parameters<typeof startMediaServer>[0]): Promise<MediaServer> {
  const server = await startMediaServer(answers);
  opened.push(server);
  return server;
}

const redirect =
  (location: string): Parameters<typeof startMediaServer>[0][string] =>
  (_request, response) => {
    response.writeHead(302, { location }).end();
  };

const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: TenutoError) => error.say,
  );

afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

it('gives a part of a file with the length of the whole', async () => {
  const server = await serve({ '/a': Buffer.from('0123456789') });
  const answer = await http.get(server.url('/a'), { signal, range: 'bytes=2-4' });
  expect(answer).toMatchObject({ totalBytes: 10, partial: true });
  expect((await readHead(answer.body)).toString()).toBe('234');
});

it('follows redirects and says where they led', async () => {
  const server = await serve({ '/a': redirect('/b'), '/b': redirect('c?x=1'), '/c?x=1': Buffer.from('here') });
  const { url, body } = await http.get(server.url('/a'), { signal });
  expect(url.href).toBe(server.url('/c?x=1').href);
  expect((await readHead(body)).toString()).toBe('here');
});

it('asks the guard again at each hop, so a public link cannot lead inside', async () => {
  const inside = await serve({ '/secret': Buffer.from('secret') });
  // The guard knows only the port of the first server, so the second stands for the inside of a network.
  const outside = await serve({ '/a': (request, response) => redirectTo(inside.url('/secret'), request, response) });
  const guarded = new HttpClient(new UrlGuard({ allowedHosts: [outside.url('/').host] }));
  await expect(guarded.get(outside.url('/a'), { signal })).rejects.toMatchObject({ code: 'BLOCKED_ADDRESS' });
  expect(inside.requests).toEqual([]);
});

it('dials the address that was checked, whatever the name means a moment later', async () => {
  const server = await serve({ '/a': Buffer.from('checked') });
  const lookups: string[] = [];
  const lookup = async (name: string) => {
    lookups.push(name);
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const { port } = server.url('/');
  const rebinding = new HttpClient(new UrlGuard({ allowedHosts: [`music.example:${port}`], lookup }));
  const { body } = await rebinding.get(new URL(`http://music.example:${port}/a`), { signal });
  expect((await readHead(body)).toString()).toBe('checked');
  expect(lookups).toEqual(['music.example']);
});

it('keeps cookies and credentials from the host that a redirect leads to', async () => {
  const other = await serve({ '/b': Buffer.from('x') });
  const first = await serve({ '/a': (request, response) => redirectTo(other.url('/b'), request, response) });
  const headers = { Cookie: 'session=1', Authorization: 'Basic x', 'User-Agent': 'Browser' };
  const { body } = await http.get(first.url('/a'), { signal, headers });
  body.destroy();
  expect(first.requests[0]?.headers).toMatchObject({ cookie: 'session=1', authorization: 'Basic x' });
  expect(other.requests[0]?.headers).toMatchObject({ 'user-agent': 'Browser' });
  expect(Object.keys(other.requests[0]?.headers ?? {})).not.toContain('cookie');
  expect(Object.keys(other.requests[0]?.headers ?? {})).not.toContain('authorization');
});

it.each([
  ['/circle', 'leads in a circle'],
  ['/endless/0', 'on and on'],
  ['/to-file', 'not a web address'],
  ['/missing', 'not there any more'],
  ['/forbidden', 'does not allow it'],
  ['/broken', 'error 500'],
  ['/hangs-up', 'connection to the server broke'],
])('says in one line what is wrong with %s', async (path, line) => {
  const endless = Object.fromEntries(
    [0, 1, 2, 3, 4, 5, 6].map((n) => [`/endless/${n}`, redirect(`/endless/${n + 1}`)]),
  );
  const server = await serve({
    ...endless,
    '/circle': redirect('/circle/2'),
    '/circle/2': redirect('/circle'),
    '/to-file': redirect('file:///etc/passwd'),
    '/forbidden': (_request, response) => void response.writeHead(403).end(),
    '/broken': (_request, response) => void response.writeHead(500).end(),
    '/hangs-up': (request) => request.socket.destroy(),
  });
  expect(await failure(http.get(server.url(path), { signal }))).toContain(line);
  expect(server.requests.length).toBeLessThanOrEqual(6);
});

it('takes a port where nobody listens for a failure of the way', async () => {
  const server = await startMediaServer({});
  const url = server.url('/a');
  await server.close();
  const asked = http.get(url, { signal });
  await expect(asked).rejects.toMatchObject({ code: 'NETWORK_DOWN', say: expect.stringContaining('127.0.0.1') });
});

it('takes a connection that never comes about for a failure of the way, and a silent server for one of the server', async () => {
  const silent = await serve({ '/a': () => undefined });
  const full = await fullPort();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const codeOf = (url: URL) => http.get(url, { signal }).catch((error: TenutoError) => error.code);
  const asked = [codeOf(silent.url('/a')), codeOf(full)];
  await vi.waitFor(() => expect(silent.requests).toHaveLength(1));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await Promise.all(asked)).toEqual(['TRACK_UNAVAILABLE', 'NETWORK_DOWN']);
});

it.each([
  ['ECONNREFUSED', 'NETWORK_DOWN'],
  ['EHOSTUNREACH', 'NETWORK_DOWN'],
  ['ENETUNREACH', 'NETWORK_DOWN'],
  ['ENETDOWN', 'NETWORK_DOWN'],
  ['ETIMEDOUT', 'NETWORK_DOWN'],
  ['ECONNRESET', 'TRACK_UNAVAILABLE'],
  ['CERT_HAS_EXPIRED', 'TRACK_UNAVAILABLE'],
  ['EPROTO', 'TRACK_UNAVAILABLE'],
])('tells the way from what is at its end: %s is %s', (code, expected) => {
  const error = Object.assign(new Error('connect'), { code });
  expect(networkFailure(error, new URL('https://example.com/')).code).toBe(expected);
});

it('ends the body when it is aborted', async () => {
  const server = await serve({ '/slow': (_request, response) => void response.writeHead(200).write('first') });
  const life = new AbortController();
  const { body } = await http.get(server.url('/slow'), { signal: life.signal });
  const rest = readHead(body);
  life.abort();
  await expect(rest).rejects.toThrow();
  expect(body.destroyed).toBe(true);
});

/** A port that takes no more connections: a program listens there, accepts nobody, and its backlog is full. */
async function fullPort(): Promise<URL> {
  const program = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const waiting: Socket[] = [];
  onTestFinished(() => {
    child.kill('SIGKILL');
    for (const socket of waiting) socket.destroy();
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  for (let count = 0; count < 8; count += 1) {
    waiting.push(connect(Number(port.toString()), '127.0.0.1').on('error', () => undefined));
  }
  // A backlog of one holds one or two; the rest keep knocking.
  await vi.waitFor(() => expect(waiting.filter(({ connecting }) => !connecting).length).toBeGreaterThan(0));
  return new URL(`http://127.0.0.1:${port.toString()}/a`);
}

function redirectTo(
  url: URL,
  ...[request, response]: Parameters<Extract<ReturnType<typeof redirect>, CallableFunction>>
): void {
  request.resume();
  response.writeHead(307, { location: url.href }).end();
}
