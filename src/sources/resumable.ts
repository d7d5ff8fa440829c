import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { TenutoError } from '../lib/errors.ts';
import type { HttpClient } from './http-client.ts';
import { FileIdentity } from './resumable-identity.ts';
import { ResumableRead, type HttpMedia, type Patience, type Refresh } from './resumable-read.ts';

/** Some seconds of music: what is heard while a connection is mended. */
const BUFFERED_BYTES = 128 * 1024;
const PATIENCE: Patience = {
  openMs: 8_000,
  stallMs: 4_000,
  delaysMs: [100, 300, 1_000, 2_000, 4_000],
  retryAfterMs: 10_000,
  skipMs: 20_000,
};
/** More than any song, and than a radio sends in a day. */
const LIMITS: Limits = { bytes: 8 * 1024 ** 3, ageMs: 24 * 60 * 60_000 };

interface Limits {
  readonly bytes: number;
  readonly ageMs: number;
}

export interface ResumableOptions {
  /** The first byte that is wanted; 0 unless told. */
  readonly from?: number;
  /** The last byte that is wanted; the last of the file unless told. */
  readonly to?: number | null;
  /** Ends the bytes, without an error, and every connection behind them. */
  readonly signal: AbortSignal;
  /** Finds a new link to the same thing, for when the old one has expired. Without it an expired link is the end. */
  readonly refresh?: Refresh | undefined;
  /** What other readings of the same file know of it: this one is then of that file, or fails. */
  readonly identity?: FileIdentity;
  /** Asked when a whole file of known length is read. */
  readonly keep?: Keep | undefined;
  readonly patience?: Partial<Patience>;
  readonly limits?: Partial<Limits>;
}

/** A copy that is made of bytes while they are read. It never throws and never keeps the reader waiting. */
export interface Copy {
  take(chunk: Buffer): void;
  /** No more will come. */
  abandon(): void;
}

/** Begins a copy of a whole file of so many bytes; null: none is wanted. */
export type Keep = (totalBytes: number) => Copy | null;

/** A file on the web, opened. */
export interface Resumable {
  /** Its bytes from `from` to `to`. 'end' is the end of what was wanted; whatever ends it earlier is an 'error' with a TenutoError. */
  readonly body: Readable;
  /** Length of the whole file; null when its server does not say. */
  readonly totalBytes: number | null;
  /** Whether its server sends parts. */
  readonly ranges: boolean;
  /** Of the first answer, and where that came from in the end. */
  readonly headers: IncomingHttpHeaders;
  readonly url: URL;
}

/**
 * Opens a file on the web to be read at any pace: over dropped connections, stalls, servers without ranges and links that
 * expire, every byte comes once and in order. Another file is never spliced to the first one. Rejects with a TenutoError
 * when it cannot be opened.
 */
export async function resumable(http: HttpClient, media: HttpMedia, options: ResumableOptions): Promise<Resumable> {
  const { signal, from = 0, to = null, refresh = null, identity = new FileIdentity() } = options;
  const limits = { ...LIMITS, ...options.limits };
  signal.throwIfAborted();
  const life = new AbortController();
  const abort = () => life.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  life.signal.addEventListener('abort', () => signal.removeEventListener('abort', abort), { once: true });
  const patience = { ...PATIENCE, ...options.patience };
  const read = new ResumableRead({ http, media, from, to, signal: life.signal, refresh, patience, identity });
  try {
    const first = await read.open();
    const { totalBytes, partial, headers, url } = first.answer;
    if (totalBytes !== null && totalBytes > limits.bytes) throw tooLarge();
    const copy = from === 0 && to === null && totalBytes !== null ? options.keep?.(totalBytes) : null;
    const bytes = capped(read.bytes(first), limits);
    const body = new ResumableBody(copy ? copied(bytes, copy, life.signal) : bytes, life);
    return { body, totalBytes, ranges: partial, headers, url };
  } catch (error) {
    life.abort();
    throw error;
  }
}

/** What was read before a failure still comes before it. */
class ResumableBody extends Readable {
  readonly #bytes: AsyncGenerator<Buffer, void>;
  readonly #life: AbortController;
  #failure: Error | null = null;

  constructor(bytes: AsyncGenerator<Buffer, void>, life: AbortController) {
    super({ highWaterMark: BUFFERED_BYTES });
    this.#bytes = bytes;
    this.#life = life;
    // Errors are for whoever reads it; until somebody does, none may be unhandled.
    this.on('error', () => undefined);
    life.signal.addEventListener('abort', () => this.destroy(), { once: true });
  }

  override read(size?: number): unknown {
    const chunk: unknown = super.read(size);
    if (this.#failure && this.readableLength === 0) this.destroy(this.#failure);
    return chunk;
  }

  override _read(): void {
    this.#bytes.next().then(
      ({ value, done }) => this.push(done === true ? null : value),
      (error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#life.abort();
    done(error);
  }

  #fail(error: Error): void {
    this.#failure = error;
    if (this.readableLength === 0) this.destroy(error);
  }
}

async function* capped(bytes: AsyncIterable<Buffer>, limits: Limits): AsyncGenerator<Buffer, void> {
  const began = Date.now();
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > limits.bytes) throw tooLarge();
    if (Date.now() - began > limits.ageMs) throw new TenutoError('TRACK_UNAVAILABLE', 'it has gone on for too long');
    yield chunk;
  }
}

async function* copied(bytes: AsyncIterable<Buffer>, copy: Copy, life: AbortSignal): AsyncGenerator<Buffer, void> {
  life.addEventListener('abort', () => copy.abandon(), { once: true });
  for await (const chunk of bytes) {
    copy.take(chunk);
    yield chunk;
  }
}

const tooLarge = () => new TenutoError('TRACK_UNAVAILABLE', 'the file is too large');
