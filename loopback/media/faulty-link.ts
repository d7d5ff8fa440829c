import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { asStored, planOf } from './answer-plan.ts';
import type { Instead, Manner } from './input-faults.ts';

const PIECE_BYTES = 4_096;
const IN_TRANSIT_MS = 10;
const PAGE = '<!doctype html><title>Sign in</title><p>Please sign in.</p>';

/** A file as the host has it. */
export interface GoodFile {
  readonly bytes: Buffer;
  readonly type: string;
}

/** Where a redirect leads. */
export interface Surroundings {
  readonly internal: string;
  readonly linkTo: (fault: string) => string;
}

/** One link: to a file, or to a list and its pieces. Each of those breaks for itself; they expire together. */
export class FaultyLinks {
  readonly #manner: Manner;
  readonly #life: Life;
  readonly #links = new Map<string, FaultyLink>();

  /** `renewed`: the reader had one that has expired. */
  constructor(manner: Manner, renewed: boolean) {
    this.#manner = manner;
    this.#life = { renewed, born: Date.now(), sent: 0 };
  }

  to(name: string): FaultyLink {
    const link = this.#links.get(name) ?? new FaultyLink(this.#manner, this.#life);
    this.#links.set(name, link);
    return link;
  }
}

/** What all addresses of one link have in common. */
interface Life {
  /** It came after the first link to the same file. */
  readonly renewed: boolean;
  readonly born: number;
  /** Bytes that were sent. */
  sent: number;
}

/** What one address does to whoever reads it; it remembers how much it has given. */
class FaultyLink {
  readonly #manner: Manner;
  readonly #life: Life;
  #requests = 0;
  #busyUntil: number | null = null;

  constructor(manner: Manner, life: Life) {
    this.#manner = manner;
    this.#life = life;
  }

  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    file: GoodFile,
    around: Surroundings,
  ): Promise<void> {
    const number = this.#requests;
    this.#requests += 1;
    const what = this.#instead(number);
    if (what?.kind === 'busy') return this.#turnAway(what, response);
    if (what) return putOff(what, request, response, around);
    const { changes } = this.#manner;
    const changed = changes !== undefined && (number > 0 || this.#life.renewed);
    const bytes = asStored(this.#manner, file.bytes, changed);
    const etag = `"${bytes.length}-${changed && changes !== 'in secret' ? 'b' : 'a'}"`;
    const plan = planOf(this.#manner, request, bytes, etag);
    response.writeHead(plan.status, { ...plan.headers, 'content-type': this.#manner.type ?? file.type });
    if (request.method === 'HEAD') return void response.end();
    await this.#send(response, plan.body, number);
  }

  #instead(number: number): Instead | null {
    const { instead } = this.#manner;
    const due = instead && number >= instead.from && number < instead.from + (instead.times ?? Infinity);
    if (due && (instead.what.kind !== 'busy' || this.#isBusy())) return instead.what;
    const { expires } = this.#manner;
    return expires && this.#isExpired(expires) ? expires.what : null;
  }

  #isBusy(): boolean {
    return this.#busyUntil === null || Date.now() < this.#busyUntil;
  }

  #turnAway({ status, seconds }: Busy, response: ServerResponse): void {
    this.#busyUntil = Date.now() + seconds * 1_000;
    response.writeHead(status, { 'retry-after': String(seconds) }).end();
  }

  #isExpired({ afterBytes = Infinity, afterMs = Infinity, renewable }: NonNullable<Manner['expires']>): boolean {
    const { renewed, sent, born } = this.#life;
    return renewed ? !renewable : sent >= afterBytes || Date.now() - born >= afterMs;
  }

  async #send(response: ServerResponse, body: Buffer, number: number): Promise<void> {
    const { breaks, drip, expires } = this.#manner;
    const broken = breaks && number < (breaks.times ?? Infinity) ? breaks : null;
    const end = Math.min(body.length, broken?.afterBytes ?? Infinity);
    const size = drip?.bytes ?? PIECE_BYTES;
    for (let at = 0; at < end && !response.destroyed; at += size) {
      const piece = body.subarray(at, Math.min(at + size, end));
      this.#life.sent += piece.length;
      if (!response.write(piece)) await drained(response);
      if (drip) await sleep(drip.everyMs);
      if (expires && this.#isExpired(expires)) return sever(response, 'reset');
    }
    if (broken && end < body.length) return sever(response, broken.by);
    // Node says nothing more than its Content-Length; of a length that is too long only the end of the connection is true.
    if (this.#manner.length === 'too long') return sever(response, 'fin');
    response.end();
  }
}

type Busy = Extract<Instead, { kind: 'busy' }>;
type Breaking = NonNullable<Manner['breaks']>['by'];

async function sever(response: ServerResponse, by: Breaking): Promise<void> {
  // A reset takes along what has not been read yet; across a network it comes behind it.
  await sleep(IN_TRANSIT_MS);
  switch (by) {
    case 'reset':
      return void response.socket?.resetAndDestroy();
    case 'fin':
      return void response.socket?.end();
    case 'end':
      return void response.end();
    case 'stall':
      return undefined;
  }
}

async function putOff(
  what: Exclude<Instead, Busy>,
  request: IncomingMessage,
  response: ServerResponse,
  { internal, linkTo }: Surroundings,
): Promise<void> {
  switch (what.kind) {
    case 'status':
      return void response.writeHead(what.status, { 'content-type': 'text/plain' }).end(`${what.status}\n`);
    case 'redirect':
      return void response.writeHead(302, { location: placeOf(what.to, request.url, { internal, linkTo }) }).end();
    case 'page':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    case 'empty':
      return void response.writeHead(200, { 'content-length': 0 }).end();
    case 'nothing':
      return response.writeHead(200, { 'content-type': 'audio/webm' }).flushHeaders();
    case 'silence':
      return undefined;
    case 'endless':
      return pour(response.writeHead(200, { 'content-type': 'audio/mpeg' }));
  }
}

function placeOf(to: string, own: string | undefined, { internal, linkTo }: Surroundings): string {
  if (to === 'internal') return internal;
  if (to === 'file:') return 'file:///etc/passwd';
  return to === 'itself' ? (own ?? '/') : linkTo(to);
}

async function pour(response: ServerResponse): Promise<void> {
  const zeros = Buffer.alloc(PIECE_BYTES);
  while (!response.destroyed) {
    if (response.write(zeros)) await sleep(0);
    else await drained(response);
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const either = [once(response, 'drain', { signal }), once(response, 'close', { signal })];
  await Promise.race(either).catch(() => undefined);
  over.abort();
  await Promise.allSettled(either);
}
