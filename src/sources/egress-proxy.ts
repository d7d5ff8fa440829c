import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once, type EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { TenutoError } from '../lib/errors.ts';
import { forward, tunnel, type Visit } from './egress-ways.ts';
import type { UrlGuard } from './url-guard.ts';

const MAX_CONNECTIONS = 128;
const MAX_HEADER_BYTES = 64 * 1024;
const HEADERS_MS = 10_000;
/** No program that uses it lives longer. */
const VISIT_MS = 120_000;
const USER = 'tenuto';
/** All that programs look at. A link to another protocol, such as FTP, is then asked of us and refused. */
const VARIABLES = ['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy'];

/**
 * The way out for programs that fetch by themselves: a proxy on this machine that looks up each name once, asks the guard
 * about every address, and dials one that was checked. What the program opens because of what it has read, redirects too,
 * comes by here as well. Only who was given its password may use it.
 */
export class EgressProxy {
  readonly #guard: UrlGuard;
  readonly #password = randomBytes(24).toString('base64url');
  readonly #life = new AbortController();
  #server: Promise<Server> | null = null;

  constructor(guard: UrlGuard) {
    this.#guard = guard;
  }

  /** The variables that send a program here. It must have no others about proxies, `no_proxy` least of all. */
  async environment(): Promise<Readonly<Record<string, string>>> {
    this.#life.signal.throwIfAborted();
    this.#server ??= this.#listen();
    const server = await this.#server.catch((error: unknown) => {
      this.#server = null;
      throw new TenutoError('TRACK_UNAVAILABLE', 'this machine has no port left to ask for it', { cause: error });
    });
    const proxy = `http://${USER}:${this.#password}@127.0.0.1:${(server.address() as AddressInfo).port}`;
    return Object.fromEntries(VARIABLES.map((name) => [name, proxy]));
  }

  /** Ends every connection through it. */
  async close(): Promise<void> {
    this.#life.abort(new TenutoError('STOPPING'));
    const server = await this.#server?.catch(() => null);
    server?.closeAllConnections();
    server?.close();
  }

  async #listen(): Promise<Server> {
    const limits = { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_MS, requestTimeout: VISIT_MS };
    const server = createServer(limits, (request, response) => {
      response.on('error', () => response.destroy());
      if (this.#knows(request)) void forward(request, response, this.#visit(response));
      else response.writeHead(407, { 'proxy-authenticate': 'Basic realm="tenuto"', connection: 'close' }).end();
    });
    server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Node has taken its own listeners off.
      socket.on('error', () => socket.destroy());
      if (this.#knows(request)) void tunnel(request.url ?? '', { socket, head }, this.#visit(socket));
      else socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="tenuto"\r\n\r\n');
    });
    server.on('clientError', (_error, socket) => socket.destroy());
    server.maxConnections = MAX_CONNECTIONS;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.on('error', () => undefined);
    return server;
  }

  #visit(client: EventEmitter): Visit {
    const left = new AbortController();
    client.once('close', () => left.abort(new Error('nobody waits for it')));
    return { guard: this.#guard, signal: AbortSignal.any([this.#life.signal, left.signal]), limitMs: VISIT_MS };
  }

  #knows({ headers }: IncomingMessage): boolean {
    const expected = `Basic ${Buffer.from(`${USER}:${this.#password}`).toString('base64')}`;
    return timingSafeEqual(digest(headers['proxy-authorization'] ?? ''), digest(expected));
  }
}

/** Of one length for all, as a comparison in constant time needs it. */
const digest = (text: string) => createHash('sha256').update(text).digest();
