import { TenutoError } from '../lib/errors.ts';
import { sleep } from '../lib/time.ts';
import { HttpStatusError, networkFailure, type HttpAnswer, type HttpClient } from './http-client.ts';
import { OVERLAP_BYTES, ReadTail, type FileIdentity } from './resumable-identity.ts';
import { ChangedError, remedyFor, retryAfterMs, retryDelay } from './resumable-remedy.ts';
import type { Media } from './source.ts';

export type HttpMedia = Extract<Media, { kind: 'http' }>;

/** Finds a new link to the same thing. `why` is the failure of the old one; thrown again, it stands. */
export type Refresh = (signal: AbortSignal, why: unknown) => Promise<Media>;

/** How long what is waited for. */
export interface Patience {
  /** For the first byte, over all tries: somebody waits for it. */
  readonly openMs: number;
  /** Nothing comes although bytes are wanted. */
  readonly stallMs: number;
  /** Before the tries that follow each other without bringing anything. */
  readonly delaysMs: readonly number[];
  /** The most that a busy server may ask for (Retry-After); one that asks for more is tried after this. */
  readonly retryAfterMs: number;
  /** A server without ranges begins at the start again: for the way to the place. */
  readonly skipMs: number;
}

/** A connection that brought this much was worth it: tries are counted anew. Less could go on for ever. */
const PROGRESS_BYTES = 4_096;

export interface ReadParts {
  readonly http: HttpClient;
  readonly media: HttpMedia;
  readonly from: number;
  /** The last byte that is wanted; null for the end of the file. */
  readonly to: number | null;
  readonly signal: AbortSignal;
  readonly refresh: Refresh | null;
  readonly patience: Patience;
  readonly identity: FileIdentity;
}

/** An answer, and the place of its first byte in the file. */
interface Part {
  readonly answer: HttpAnswer;
  readonly at: number;
}

/** One file, read from one place to its end over as many connections and links as it takes. */
export class ResumableRead {
  readonly #tail = new ReadTail();
  readonly #parts: ReadParts;
  #media: HttpMedia;
  readonly #began = performance.now();
  #position: number;
  #handedOut = 0;
  #tries = 0;
  #refreshed = false;

  constructor(parts: ReadParts) {
    this.#parts = parts;
    this.#media = parts.media;
    this.#position = parts.from;
  }

  /** The next answer that goes on at the place, or begins before it. Throws when there will be none. */
  async open(): Promise<Part> {
    for (;;) {
      try {
        return await this.#ask();
      } catch (error) {
        await this.#mend(error, this.#handedOut === 0);
      }
    }
  }

  /** Every byte once and in order, beginning with those of `first`. */
  async *bytes(first: Part): AsyncGenerator<Buffer, void> {
    for (let part = first; ; part = await this.open()) {
      try {
        yield* this.#follow(part);
        if (this.#isComplete()) return;
        throw new TenutoError('TRACK_UNAVAILABLE', 'the connection to the server broke');
      } catch (error) {
        // A radio has no place to go back to.
        if ('icy-name' in part.answer.headers) throw error;
        await this.#mend(error, false);
      }
    }
  }

  async #ask(): Promise<Part> {
    const { http, to, signal, identity } = this.#parts;
    const { condition, packed } = identity;
    const first = Math.max(0, this.#position - Math.min(this.#handedOut, OVERLAP_BYTES));
    const part = { range: `bytes=${first}-${to ?? ''}`, ...(condition !== null && { condition }) };
    const answer = await http
      .get(this.#media.url, { headers: this.#media.headers, ...(!packed && part), signal })
      .catch((error) => {
        throw this.#handedOut > 0 && isBehindEnd(error) ? new ChangedError() : error;
      });
    try {
      identity.check(answer, this.#handedOut > 0 ? this.#position : 0);
      if (this.#handedOut === 0) identity.accept(answer);
      const at = firstByte(answer, first);
      if (at <= this.#position) return { answer, at };
      throw new TenutoError('TRACK_UNAVAILABLE', 'the server sent another part than I asked for');
    } catch (error) {
      answer.body.destroy();
      throw error;
    }
  }

  /** What is new in one answer. What was handed out before must come again as it was, and is left out. */
  async *#follow({ answer, at: begin }: Part): AsyncGenerator<Buffer, void> {
    const { identity, patience } = this.#parts;
    const { stallMs, skipMs } = patience;
    const began = performance.now();
    let at = begin;
    let brought = 0;
    for await (const chunk of chunksOf(answer, stallMs)) {
      const old = chunk.subarray(0, Math.max(0, this.#position - at));
      at += chunk.length;
      if (old.length > 0) {
        this.#tail.compare(old, Math.max(0, this.#position - at));
        if (performance.now() - began > skipMs)
          throw new TenutoError('TRACK_UNAVAILABLE', 'its server is too slow to go on where it was');
      }
      if (old.length === chunk.length) continue;
      identity.accept(answer);
      const fresh = chunk.subarray(old.length, old.length + this.#missing());
      this.#position += fresh.length;
      this.#handedOut += fresh.length;
      this.#tail.remember(fresh);
      brought += fresh.length;
      if (brought >= PROGRESS_BYTES) {
        this.#tries = 0;
        this.#refreshed = false;
      }
      yield fresh;
      if (this.#missing() <= 0) return;
    }
    if (at >= this.#position) identity.accept(answer);
    else if (answer.totalBytes === null) throw new ChangedError();
  }

  /** Returns when it is worth to ask again; throws the error when it is not. */
  async #mend(error: unknown, opening: boolean): Promise<void> {
    const { signal, refresh, patience } = this.#parts;
    signal.throwIfAborted();
    const remedy = remedyFor(error, opening);
    if (remedy === 'refresh' && refresh !== null && !this.#refreshed) {
      this.#refreshed = true;
      this.#media = likewise(await refresh(signal, error), this.#media);
      return;
    }
    const delayMs = remedy === 'again' ? retryDelay(patience.delaysMs, this.#tries) : null;
    if (delayMs === null) throw error;
    const askedMs = Math.min(retryAfterMs(error), patience.retryAfterMs);
    if (this.#handedOut === 0 && performance.now() - this.#began + askedMs >= patience.openMs) throw error;
    this.#tries += 1;
    await sleep(Math.max(delayMs, askedMs), signal);
  }

  #missing(): number {
    return Math.min(this.#parts.identity.totalBytes ?? Infinity, (this.#parts.to ?? Infinity) + 1) - this.#position;
  }

  /** A server that never told the length is believed. */
  #isComplete(): boolean {
    return this.#parts.identity.totalBytes === null || this.#missing() <= 0;
  }
}

/** The place that was reached lies behind the end of what is there now. */
const isBehindEnd = (error: unknown) =>
  error instanceof TenutoError && error.cause instanceof HttpStatusError && error.cause.status === 416;

/** Where the bytes of an answer begin. One that is partial and does not say so began where it was asked to. */
function firstByte({ partial, headers }: HttpAnswer, asked: number): number {
  if (!partial) return 0;
  const first = /^bytes (\d{1,15})-/.exec(headers['content-range'] ?? '')?.[1];
  return first === undefined ? asked : Number(first);
}

/** A new link to something in another format cannot go on in the middle of the old one. */
function likewise(fresh: Media, { format }: HttpMedia): HttpMedia {
  if (fresh.kind !== 'http' || fresh.format !== format) throw new ChangedError();
  return fresh;
}

/** The clock runs only while a chunk is waited for: whoever wants no bytes for an hour has no stalled server. */
async function* chunksOf({ body, url }: HttpAnswer, stallMs: number): AsyncGenerator<Buffer, void> {
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const stalled = () => new TenutoError('TRACK_UNAVAILABLE', 'the server stopped sending');
      const timer = setTimeout(() => body.destroy(stalled()), stallMs);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    throw error instanceof TenutoError ? error : networkFailure(error, url);
  } finally {
    body.destroy();
  }
}
