import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Loopback } from '../index.ts';
import { Refusal, type Control } from './route.ts';
import { findRoute } from './routes.ts';

const MAX_BODY_BYTES = 1 << 20;

export interface ControlServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the control API: JSON over HTTP on 127.0.0.1. It answers only to a Host of this machine and takes only bodies that are
 * declared to be JSON, so that no web page in a browser can use it.
 */
export async function startControl(loopback: Loopback, port = 0): Promise<ControlServer> {
  const control: Control = { loopback, interactions: new Map() };
  const server = createServer((request, response) => {
    response.on('error', () => response.destroy());
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    answer(control, request, gone.signal)
      .then(
        (body) => send(response, 200, body ?? {}),
        (error: unknown) => send(response, ...refusal(error)),
      )
      .catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(control: Control, request: IncomingMessage, signal: AbortSignal): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (!['127.0.0.1', 'localhost'].includes(host)) throw new Refusal(403, 'this API is for this machine only');
  const found = findRoute(request.method ?? '', url.pathname);
  if (!found) throw new Refusal(404, `there is no ${request.method} ${url.pathname}; GET / lists what there is`);
  const { route, at } = found;
  const input = route.method === 'POST' ? await readJson(request) : Object.fromEntries(url.searchParams);
  return route.run(control, { at, input, signal });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
    throw new Refusal(415, 'send content-type: application/json');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Refusal(413, `a body has at most ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

/** Whatever else is thrown is what people are told when they try something that Discord would not let them do. */
function refusal(error: unknown): [status: number, body: object] {
  if (error instanceof Refusal) return [error.status, { error: error.message }];
  if (error instanceof z.ZodError) {
    const issues = error.issues.map(({ path, message }) =>
      path.length > 0 ? `${path.join('.')}: ${message}` : message,
    );
    return [400, { error: issues.join('; ') }];
  }
  return [422, { error: error instanceof Error ? error.message : String(error) }];
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const json = JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(json);
}
