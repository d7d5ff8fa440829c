import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TenutoError } from '../lib/errors.ts';
import type { HttpClient } from './http-client.ts';
import { RelayedMedia, type ByteRange, type RelayOptions } from './relayed-media.ts';
import { RelayedTrack } from './relayed-track.ts';
import type { HttpMedia } from './resumable-read.ts';

/** A track that a program may read until it is closed, or the signal that it was opened with is aborted. */
export interface Relayed {
  /** Where it is read from: `http://127.0.0.1:<port>/<token>/<name>`. */
  readonly url: string;
  /** The origin of the relay: as a proxy it answers nothing but its own addresses. */
  readonly origin: string;
  readonly kind: RelayedTrack['kind'];
  /** Why what the program asked for last did not come; null when it came. */
  readonly failure: TenutoError | null;
  close(): void;
}

/**
 * What programs without a network of their own read from: every byte comes through our own guarded fetches. Its addresses are
 * random and hold for one track until that is over.
 */
export class Relay {
  readonly #http: HttpClient;
  readonly #tracks = new Map<string, RelayedTrack>();
  readonly #life = new AbortController();
  #server: Promise<Server> | null = null;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** Opens what the link leads to, and gives it an address here. Throws TenutoError when there is nothing. */
  async open(media: HttpMedia, options: RelayOptions): Promise<Relayed> {
    const origin = await this.#start();
    const life = new AbortController();
    const signal = AbortSignal.any([options.signal, this.#life.signal, life.signal]);
    const track = new RelayedTrack(await RelayedMedia.open(this.#http, media, { ...options, signal }), signal);
    const token = randomBytes(24).toString('base64url');
    signal.throwIfAborted();
    this.#tracks.set(token, track);
    signal.addEventListener('abort', () => this.#tracks.delete(token), { once: true });
    return {
      origin,
      url: `${origin}/${token}/${track.name}`,
      kind: track.kind,
      get failure() {
        return track.failure;
      },
      close: () => life.abort(new Error('the track is over')),
    };
  }

  /** Ends every reading. */
  async close(): Promise<void> {
    this.#life.abort(new TenutoError('STOPPING'));
    const server = await this.#server?.catch(() => null);
    server?.closeAllConnections();
    server?.close();
  }

  /** Listens when it is needed for the first time. */
  async #start(): Promise<string> {
    this.#life.signal.throwIfAborted();
    this.#server ??= this.#listen();
    const server = await this.#server.catch((error: unknown) => {
      this.#server = null;
      throw new TenutoError('TRACK_UNAVAILABLE', 'this machine has no port left to play it through', { cause: error });
    });
    return originOf(server);
  }

  async #listen(): Promise<Server> {
    const server = createServer((request, response) => {
      response.on('error', () => response.destroy());
      const found = this.#find(request, originOf(server));
      if (!found) return void response.writeHead(404).end();
      void found.track.serve(found.name, rangeOf(request), response);
    });
    server.on('clientError', (_error, socket) => socket.destroy());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.on('error', () => undefined);
    return server;
  }

  /** An address of another origin comes from a program that takes us for its proxy, and is not ours to open. */
  #find({ method, url = '' }: IncomingMessage, origin: string): { track: RelayedTrack; name: string } | null {
    const target = URL.parse(url, origin);
    const [, token = '', name = '', ...rest] = target?.pathname.split('/') ?? [];
    const track = this.#tracks.get(token);
    return (method === 'GET' || method === 'HEAD') && target?.origin === origin && track && rest.length === 0
      ? { track, name }
      : null;
  }
}

const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** What is no range of one part may be ignored (RFC 9110, 14.2). */
function rangeOf({ headers }: IncomingMessage): ByteRange | null {
  const [, from, to] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? [];
  if (from === undefined || (to && Number(to) < Number(from))) return null;
  return { from: Number(from), to: to ? Number(to) : null };
}
