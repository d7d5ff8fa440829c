import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TenutoError } from '../lib/errors.ts';
import { within } from '../lib/time.ts';
import { dial } from './http-client.ts';
import { upTo } from './stream-reading.ts';
import type { UrlGuard } from './url-guard.ts';

const CONNECT_MS = 10_000;
/** Pages, lists and players of sites are smaller by far; sound does not come this way. */
const MAX_BYTES = 64 * 1024 * 1024;
const METHODS = new Set(['GET', 'HEAD', 'POST']);
/** Of the connection to us and not of the request (RFC 9110, 7.6.1). */
const HOP_BY_HOP = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|host)$/;

/** One use of the proxy. */
export interface Visit {
  readonly guard: UrlGuard;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly limitMs: number;
}

/** Why there is no way: `yt-dlp-errors.ts` knows these words, which programs repeat. */
interface Refusal {
  readonly status: number;
  readonly reason: string;
}
const NOT_ALLOWED: Refusal = { status: 403, reason: 'Address Not Allowed' };
const NO_WAY: Refusal = { status: 502, reason: 'No Route To Host' };

const refusalOf = (error: unknown): Refusal =>
  error instanceof TenutoError && error.code !== 'NETWORK_DOWN' ? NOT_ALLOWED : NO_WAY;

/** Answers `GET http://host/path`. Never rejects. */
export async function forward(request: IncomingMessage, response: ServerResponse, visit: Visit): Promise<void> {
  const url = URL.parse(request.url ?? '');
  const usable = url?.protocol === 'http:' && url.username === '' && METHODS.has(request.method ?? '');
  try {
    if (!usable) throw new TenutoError('BLOCKED_ADDRESS');
    await limited(visit, async (signal) => {
      const addresses = await visit.guard.assertPublic(url, signal);
      signal.throwIfAborted();
      const outgoing = httpRequest(url, {
        agent: false,
        method: request.method,
        headers: { ...endToEnd(request.headers), host: url.host },
        lookup: dial(addresses),
        signal,
      });
      outgoing.on('error', () => undefined);
      const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
      answered.catch(() => undefined);
      void pipeline(request, upTo(MAX_BYTES), outgoing).catch(() => outgoing.destroy());
      const [answer] = await answered;
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
      await pipeline(answer, upTo(MAX_BYTES), response);
    });
  } catch (error) {
    const { status, reason } = refusalOf(error);
    if (response.headersSent) response.destroy();
    else response.writeHead(status, reason, { connection: 'close' }).end();
  }
}

/** A client that wants to speak to a host by itself, most often TLS. */
interface Client {
  readonly socket: Duplex;
  /** What it has already sent. */
  readonly head: Buffer;
}

/** Answers `CONNECT host:port`. Never rejects. */
export async function tunnel(authority: string, { socket, head }: Client, visit: Visit): Promise<void> {
  let open = false;
  try {
    const url = /^(\[[\da-f:.]+\]|[^\s/?#@\\:[\]]+):\d{1,5}$/i.test(authority)
      ? URL.parse(`https://${authority}`)
      : null;
    if (!url) throw new TenutoError('BLOCKED_ADDRESS');
    await limited(visit, async (signal) => {
      const addresses = await visit.guard.assertPublic(url, signal);
      signal.throwIfAborted();
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
      const far = connect({ host, port: Number(url.port) || 443, lookup: dial(addresses), signal });
      far.on('error', () => undefined);
      await within(CONNECT_MS, once(far, 'connect'), () => new TenutoError('NETWORK_DOWN'), signal).catch((error) => {
        far.destroy();
        throw error;
      });
      open = true;
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      far.write(head);
      await Promise.all([pipeline(socket, upTo(MAX_BYTES), far), pipeline(far, upTo(MAX_BYTES), socket)]);
    });
  } catch (error) {
    const { status, reason } = refusalOf(error);
    if (open) socket.destroy();
    else socket.end(`HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\n\r\n`);
  }
}

async function limited(visit: Visit, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const life = new AbortController();
  const signal = AbortSignal.any([visit.signal, life.signal]);
  const late = () => new TenutoError('NETWORK_DOWN');
  await within(visit.limitMs, work(signal), late, visit.signal).finally(() => life.abort());
}

/** Headers that are meant for the other end. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = new Set((headers.connection ?? '').toLowerCase().split(/[\s,]+/));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.test(name) && !named.has(name)));
}
