import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '../gateway/server.ts';
import type { Interactions } from '../interactions.ts';
import type { World } from '../world.ts';
import { Api, type Decision } from './api.ts';
import { readBody } from './body.ts';
import { findRoute } from './routes.ts';

const LOGGED = 2_000;

/** One request that came in, for whoever wants to know what a bot really asked. */
export interface RequestRecord {
  readonly method: string;
  /** The row's path with `:names`, or the path itself when no row fits. */
  readonly route: string;
  readonly path: string;
  /** 0: the connection was cut instead of answered. */
  readonly status: number;
  /** Milliseconds of `performance.now()` when it came. */
  readonly at: number;
}

/** What a fault does to a request: wait, answer in Discord's place, or cut the connection. */
export interface Interference {
  readonly delayMs?: number;
  readonly answer?: Decision;
  readonly cut?: true;
}

/** Looks at each request before it is handled; null lets it pass. */
export type Interferer = (request: Pick<RequestRecord, 'method' | 'route' | 'path'>) => Interference | null;

/** Discord's REST API as it runs. */
export interface Rest {
  /** `http://127.0.0.1:PORT/api`: what a client's `rest.api` is set to. */
  readonly url: string;
  /** What was asked that Discord may have and the double has not, and the double's own errors. A run with problems proves nothing. */
  readonly problems: string[];
  /** The last 2000 requests. */
  readonly requests: readonly RequestRecord[];
  /** Adds a fault and returns what takes it away again. The first that has something to do with a request decides. */
  interfere(interferer: Interferer): () => void;
  close(): Promise<void>;
}

interface Options {
  readonly world: World;
  readonly interactions: Interactions;
  /** What it says of the way in. */
  readonly gateway: Pick<Gateway, 'url' | 'starts'>;
  /** The clock of the rate limits, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** Serves Discord's REST API v10 on a free port of 127.0.0.1. */
export async function startRest({ world, interactions, gateway, now = () => Date.now() }: Options): Promise<Rest> {
  const api = new Api(world, interactions, gateway, now);
  const requests: RequestRecord[] = [];
  const interferers = new Set<Interferer>();
  const closing = new AbortController();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => response.destroy());
    const at = performance.now();
    const method = request.method ?? '';
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const path = pathname.replace(/^\/api\/v10(?=\/)/, '');
    const found = path === pathname ? 'no-path' : findRoute(method, path);
    const route = typeof found === 'string' ? pathname : found.route.path;
    const body = await readBody(request);

    const interference = first(interferers, { method, route, path });
    if (interference?.delayMs !== undefined) await sleep(interference.delayMs, undefined, { signal: closing.signal });
    const decide = (): Decision =>
      api.handle({ name: `${method} ${route}`, found, authorization: request.headers.authorization, query, body });
    const decision = interference?.cut ? null : (interference?.answer ?? decide());

    requests.push({ method, route, path, status: decision?.answer.status ?? 0, at });
    if (requests.length > LOGGED) requests.shift();
    if (decision === null) request.socket.destroy();
    else send(response, decision);
  }

  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the REST server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/api`,
    problems: api.problems,
    requests,
    interfere(interferer) {
      interferers.add(interferer);
      return () => interferers.delete(interferer);
    },
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function first(interferers: Iterable<Interferer>, request: Parameters<Interferer>[0]): Interference | null {
  for (const interferer of interferers) {
    const interference = interferer(request);
    if (interference !== null) return interference;
  }
  return null;
}

/** A 204 must carry no content type: clients would parse its empty body. */
function send(response: ServerResponse, { answer: { status, body }, headers }: Decision): void {
  response.writeHead(status, { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
