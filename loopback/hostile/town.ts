import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startDnsAnswerer, type DnsAnswerer } from './dns-answerer.ts';
import { LISTS, OTHER_LISTS, PAGES } from './pages.ts';

/** Stands for the public Internet: Linux answers on all of 127.0.0.0/8, and the guard in front of it is told to allow this one. */
export const OUTSIDE = '127.0.0.2';

/**
 * A web server outside, a host inside on the same port that nobody may reach, and names that lead to both. Outside there are
 * `/song.ts`, `/list/<name>` and `/page/<name>` of the tables in `pages.ts`, and `/to?<address>`, which redirects.
 */
export interface HostileTown {
  readonly port: number;
  readonly dns: DnsAnswerer;
  /** Paths that were asked for outside. */
  readonly asked: readonly string[];
  /** Connections that reached the host inside, whatever they said. */
  internalHits(): number;
  close(): Promise<void>;
}

/** Serves a song of these bytes. The host inside answers everything with 200, so that a hit tempts. */
export async function startHostileTown(song: Buffer): Promise<HostileTown> {
  const asked: string[] = [];
  const web = createHttpServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response, song);
  });
  let hits = 0;
  const count = (socket: Socket) => {
    hits += 1;
    socket.on('error', () => undefined).resume();
    socket.end('HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi');
  };
  const port = await listen(web, 0, OUTSIDE);
  const inside: Server[] = [];
  for (const address of ['127.0.0.1', '127.255.255.254', '::1']) {
    const server = createServer(count);
    // A machine may have no IPv6.
    await listen(server, port, address).then(
      () => inside.push(server),
      () => undefined,
    );
  }
  const dns = await startDnsAnswerer({
    'outside.example': [[OUTSIDE]],
    'inside.example': [['127.0.0.1']],
    'mixed.example': [['127.0.0.1', OUTSIDE]],
    'turning.example': [[OUTSIDE], ['127.0.0.1']],
    'rebound.example': [[OUTSIDE], ['127.0.0.1']],
  });
  return {
    port,
    dns,
    asked,
    internalHits: () => hits,
    close: async () => {
      dns.close();
      web.closeAllConnections();
      for (const server of [web, ...inside]) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, song: Buffer): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const [, kind, name = ''] = path.split('/');
  if (path === '/song.ts') return void response.writeHead(200, { 'content-length': song.length }).end(song);
  // A header that carries the bytes of UTF-8, as careless servers send them. None can have a line end in it.
  const location = Buffer.from(decoded(query)).toString('latin1').replaceAll('\n', '');
  if (kind === 'to') return void response.writeHead(302, { location }).end();
  const found = kind === 'list' ? LISTS[name.replace('.m3u8', '')] : { ...PAGES, ...OTHER_LISTS }[name];
  if (!found) return void response.writeHead(404).end();
  const inside = query === '' ? `http://127.0.0.1:${request.socket.localPort}/inside.ts` : decoded(query);
  response.writeHead(200, { 'content-type': found.type }).end(
    found.body.replaceAll('%', () => inside),
    'latin1',
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function listen(server: Server, port: number, address: string): Promise<number> {
  server.listen(port, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
