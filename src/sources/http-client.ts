import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { TenutoError } from '../lib/errors.ts';
import { within } from '../lib/time.ts';
import { webAddress } from '../lib/web-address.ts';
import { isPacked, unpacked } from './content-encoding.ts';
import type { Address, UrlGuard } from './url-guard.ts';

const MAX_REDIRECTS = 5;
const ANSWER_MS = 10_000;

export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** The value of the Range header: `bytes=0-65535`. */
  readonly range?: string;
  /** That of If-Range beside it: what it says must still be so. */
  readonly condition?: string;
  /** Also ends the body when it is aborted later. */
  readonly signal: AbortSignal;
}

/** An answer of 200 or 206. Whoever gets it must read the body or destroy it. */
export interface HttpAnswer {
  /** Where it came from in the end. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Length of the whole resource, not of the range; null when the server does not say, or packed it. */
  readonly totalBytes: number | null;
  /** The server gave the range that was asked for, and not everything. */
  readonly partial: boolean;
  /** Its server packed it, and can only send it as a whole. */
  readonly packed: boolean;
  readonly body: Readable;
}

/**
 * GET for what strangers link to. Each hop of a redirect is checked by the guard, and the very address that was checked is
 * dialled, so a name cannot change its meaning in between. Every failure is a TenutoError.
 */
export class HttpClient {
  readonly guard: UrlGuard;

  constructor(guard: UrlGuard) {
    this.guard = guard;
  }

  /** Resolves when the headers of the final answer are there, in bounded time. */
  async get(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    const visited = new Set<string>();
    let current = url;
    while (visited.size <= MAX_REDIRECTS) {
      if (visited.has(current.href)) throw unavailable('the link leads in a circle');
      visited.add(current.href);
      const headers = current.origin === url.origin ? request.headers : withoutSecrets(request.headers ?? {});
      const body = await this.#ask(current, { ...request, headers: headers ?? {} });
      if (!isRedirect(body)) return answer(body, current);
      body.destroy();
      current = redirectTarget(body, current);
    }
    throw unavailable('the link leads on and on to other links');
  }

  /** A part of something that is packed is of no use. */
  async #ask(url: URL, request: HttpRequest): Promise<IncomingMessage> {
    const body = await this.#hop(url, request);
    if (body.statusCode !== 206 || !isPacked(body)) return body;
    body.destroy();
    return this.#hop(url, { headers: request.headers ?? {}, signal: request.signal });
  }

  async #hop(url: URL, { headers, range, condition, signal }: HttpRequest): Promise<IncomingMessage> {
    const addresses = await this.guard.assertPublic(url, signal);
    signal.throwIfAborted();
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      // No pooled connections: one could have been opened to another address of the same name.
      agent: false,
      headers: {
        'user-agent': 'Tenuto',
        accept: '*/*',
        ...sendable(headers ?? {}),
        'accept-encoding': 'identity',
        ...(range && { range }),
        ...(range && condition && { 'if-range': condition }),
      },
      lookup: dial(addresses),
      signal,
    });
    // Errors after the answer are reported by its body; this one only must not be unhandled.
    request.on('error', () => undefined);
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.end();
    const late = () =>
      request.socket?.connecting === false
        ? unavailable('the server did not answer in time')
        : unreachable(url, new Error('no connection in time'));
    try {
      const [body] = await within(ANSWER_MS, answered, late, signal);
      return body.on('error', () => undefined);
    } catch (error) {
      request.destroy();
      throw signal.aborted || error instanceof TenutoError ? error : networkFailure(error, url);
    }
  }
}

/** No way to the host, as the system says it: whatever the host has may be there again in a moment. */
const NO_WAY = new Set([
  'EADDRNOTAVAIL',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

/** What an error of a connection to `url` means: NETWORK_DOWN when there was no way to it, else TRACK_UNAVAILABLE. */
export function networkFailure(error: unknown, url: URL): TenutoError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NO_WAY.has(code)) return unreachable(url, error);
  if (/CERT|SSL|TLS|SIGNATURE/.test(code)) return unavailable('the secure connection to the server failed', error);
  return unavailable('the connection to the server broke', error);
}

const STATUS: Readonly<Record<number, string>> = {
  401: 'the server wants a password for it',
  403: 'the server does not allow it',
  404: 'it is not there any more',
  410: 'it is not there any more',
  416: 'the file is empty',
  429: 'the server says that there were too many requests',
};

/** The cause of an error when a server answered, but with a status that is no success. */
export class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';
  readonly status: number;
  /** For how long the server wants to be left alone (RFC 9110, 10.2.3); 0 when it does not say. */
  readonly retryAfterMs: number;

  constructor(status: number, retryAfterMs = 0) {
    super(`HTTP ${status}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

function answer(body: IncomingMessage, url: URL): HttpAnswer {
  const status = body.statusCode ?? 0;
  if (status !== 200 && status !== 206) {
    body.destroy();
    throw unavailable(
      STATUS[status] ?? `the server answered with error ${status}`,
      new HttpStatusError(status, retryAfterMs(body)),
    );
  }
  const { headers } = body;
  if (!isPacked(body))
    return { url, headers, totalBytes: totalBytes(body), partial: status === 206, packed: false, body };
  const whole = status === 200 ? unpacked(body) : null;
  if (whole) return { url, headers, totalBytes: null, partial: false, packed: true, body: whole };
  body.destroy();
  throw unavailable('its server packs it in a way that I do not know');
}

/** `Retry-After: 120`, or a date. */
function retryAfterMs({ headers }: IncomingMessage): number {
  const text = headers['retry-after']?.trim() ?? '';
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Math.max(0, waitMs || 0);
}

/** A partial answer names the total behind the slash of `Content-Range: bytes 0-99/1234`. */
function totalBytes({ statusCode, headers }: IncomingMessage): number | null {
  const text = statusCode === 206 ? headers['content-range']?.split('/')[1] : headers['content-length'];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function isRedirect({ statusCode = 0, headers }: IncomingMessage): boolean {
  return statusCode >= 300 && statusCode <= 399 && headers.location !== undefined;
}

function redirectTarget({ headers: { location = '' } }: IncomingMessage, base: URL): URL {
  const target = webAddress(location, base);
  if (target) return target;
  throw unavailable('the link leads to something that is not a web address');
}

/** Without what no header can be, which a site may have said all the same (RFC 9110, 5.5 and 5.6.2). */
function sendable(headers: Readonly<Record<string, string>>): Record<string, string> {
  const fits = ([name, value]: [string, string]) =>
    /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
  return Object.fromEntries(Object.entries(headers).filter(fits));
}

/** Cookies and credentials are for the host that they were given for. */
export function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(cookie|authorization|proxy-.*)$/i.test(name)),
  );
}

/** A lookup that answers with addresses that were checked, so that one of them is dialled. */
export function dial(addresses: readonly Address[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first = { address: '', family: 4 }] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

const unreachable = ({ hostname }: URL, cause: unknown) => new TenutoError('NETWORK_DOWN', hostname, { cause });
const unavailable = (detail: string, cause?: unknown) => new TenutoError('TRACK_UNAVAILABLE', detail, { cause });
