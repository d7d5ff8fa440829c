import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startDnsAnswerer, type DnsAnswerer } from './dns-answerer.ts';

/** Stands for the public Internet: Linux answers on all of 127.0.0.0/8, and the guard of these tests is told to allow this one. */
export const OUTSIDE = '127.0.0.2';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server outside, a host inside on the same port that nobody may reach, and names that lead to both. */
export interface HostileTown {
  readonly port: number;
  readonly dns: DnsAnswerer;
  /** Paths that were asked for outside. */
  readonly asked: readonly string[];
  /** Connections that reached the host inside, whatever they said. */
  internalHits(): number;
  close(): Promise<void>;
}

/** Every way to write the address of the host inside, with its port. */
export function spellings(port: number): readonly string[] {
  return [
    '127.0.0.1',
    '127.0.0.1.',
    '2130706433',
    '017700000001',
    '0177.0.0.1',
    '0x7f000001',
    '0x7f.0.0.1',
    '127.1',
    '127.0.1',
    '１２７.０.０.１',
    '0',
    '0.0.0.0',
    '127.255.255.254',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    'localhost',
    'LOCALHOST.',
    'anything.localhost',
    'inside.example',
    'mixed.example',
    'rebound.example',
  ].map((host) => `http://${host}:${port}/inside.ts`);
}

/** `outside` gets each request to the public address; the host inside answers everything with 200, so that a hit tempts. */
export async function startHostileTown(outside: Answer): Promise<HostileTown> {
  const asked: string[] = [];
  const web = createHttpServer((request, response) => {
    asked.push(request.url ?? '');
    outside(request, response);
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

async function listen(server: Server, port: number, address: string): Promise<number> {
  server.listen(port, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
