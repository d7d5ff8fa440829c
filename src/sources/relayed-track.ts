import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { TenutoError } from '../lib/errors.ts';
import { sleep } from '../lib/time.ts';
import { isPlaylist, rewritePlaylist, tooLong, type ChildKind } from './hls-playlist.ts';
import { HttpStatusError, withoutSecrets, type HttpClient } from './http-client.ts';
import { RelayTargets, type RelayTarget } from './relay-targets.ts';
import type { HttpMedia } from './resumable-read.ts';
import { resumable, type Resumable } from './resumable.ts';
import type { Media } from './source.ts';
import { peek, readAll, upTo } from './stream-reading.ts';

const MAX_PLAYLIST_BYTES = 8 * 1024 * 1024;
const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
/** Waits between tries to reach the server of a list's pieces: a live stream goes on behind a line that was down. */
const CHILD_RETRIES_MS = [200, 500, 1_000, 2_000, 4_000];

export interface RelayOptions {
  /** Ends every reading of the track. */
  readonly signal: AbortSignal;
  /** Finds a new link to the same thing, for when the old one has expired. */
  readonly refresh?: ((signal: AbortSignal) => Promise<Media>) | undefined;
}

/** What a reader wants: the bytes from one to another, or to the end. */
export interface ByteRange {
  readonly from: number;
  readonly to: number | null;
}

/** One track on the relay: what it consists of and how its reading goes. */
export class RelayedTrack {
  readonly kind: ChildKind;
  /** The name of its beginning. */
  readonly name: string;
  readonly #http: HttpClient;
  #media: HttpMedia;
  readonly #options: RelayOptions;
  readonly #targets = new RelayTargets();
  /** What was opened to see what it is. The first request gets it. */
  #opened: Resumable | null;
  #failure: TenutoError | null = null;

  /** Opens what the media's link leads to. Throws TenutoError when there is nothing. */
  static async open(http: HttpClient, media: HttpMedia, options: RelayOptions): Promise<RelayedTrack> {
    const opened = await resumable(http, media, options);
    const head = await peek(opened.body);
    return new RelayedTrack(http, media, options, opened, isPlaylist(head) ? 'playlist' : 'bytes');
  }

  private constructor(http: HttpClient, media: HttpMedia, options: RelayOptions, opened: Resumable, kind: ChildKind) {
    this.#http = http;
    this.#media = media;
    this.#options = options;
    this.#opened = opened;
    this.kind = kind;
    this.name = this.#targets.under(opened.url)(opened.url.href, kind);
  }

  /** Why what was asked for last did not come; null when it came. */
  get failure(): TenutoError | null {
    return this.#failure;
  }

  /** Answers one request. Never rejects. */
  async serve(name: string, range: ByteRange | null, response: ServerResponse): Promise<void> {
    const target = this.#targets.get(name);
    if (!target) return void response.writeHead(404).end();
    const visit = new AbortController();
    response.once('close', () => visit.abort(new Error('nobody waits for it')));
    const signal = AbortSignal.any([visit.signal, this.#options.signal]);
    try {
      if (target.kind === 'playlist') await this.#sendPlaylist(target, response, signal);
      else await this.#sendBytes(target, range, response, signal);
    } catch (error) {
      // Whoever skips leaves without a word; what is ended by that is nobody's failure.
      if (error instanceof TenutoError) this.#fail(error, response);
      else response.destroy();
    }
  }

  /** A list that leads inside stays suspicious, whatever else of it comes. */
  #came(): void {
    if (this.#failure?.code !== 'BLOCKED_ADDRESS') this.#failure = null;
  }

  #fail(failure: TenutoError, response: ServerResponse): void {
    const status = failure.cause instanceof HttpStatusError ? failure.cause.status : 502;
    // Behind the end of a file is nothing, which a reader may find out.
    if (status !== 416) this.#failure = failure;
    if (response.headersSent) response.destroy();
    else response.writeHead(status).end();
  }

  async #sendPlaylist(target: RelayTarget, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const list = await patiently(signal, async () => {
      const { body, url } = await this.#open(target, 0, signal);
      const text = (await readAll(body, MAX_PLAYLIST_BYTES, tooLong)).toString('utf8');
      return rewritePlaylist(text, this.#targets.under(url));
    });
    this.#came();
    response.writeHead(200, { 'content-type': PLAYLIST_TYPE, 'content-length': Buffer.byteLength(list) }).end(list);
  }

  async #sendBytes(target: RelayTarget, range: ByteRange | null, response: ServerResponse, signal: AbortSignal) {
    const { from, to } = range ?? { from: 0, to: null };
    const open = () => this.#open(target, from, signal);
    const { body, headers, totalBytes, ranges } = await (this.kind === 'playlist' ? patiently(signal, open) : open());
    const end = Math.min(totalBytes ?? Infinity, to === null ? Infinity : to + 1);
    // A reader takes 206 for a promise that it may skip, which a server without ranges would make dear.
    const part = range !== null && (ranges || from > 0);
    this.#came();
    response.writeHead(part ? 206 : 200, {
      'content-type': headers['content-type'] ?? 'application/octet-stream',
      ...(Number.isFinite(end) && { 'content-length': Math.max(0, end - from) }),
      ...(part && { 'content-range': `bytes ${from}-${Number.isFinite(end) ? end - 1 : ''}/${totalBytes ?? '*'}` }),
    });
    await pipeline(body, upTo(end - from), response).catch((error: unknown) => {
      throw body.errored ?? error;
    });
  }

  async #open(target: RelayTarget, from: number, signal: AbortSignal): Promise<Resumable> {
    const opened = this.#opened;
    this.#opened = null;
    if (opened && from === 0) return opened;
    opened?.body.destroy();
    return this.kind === 'playlist' ? this.#openPiece(target, from, signal) : this.#openFile(from, signal);
  }

  /** By its own link and not by where that led: such addresses often hold for a short time only. */
  #openFile(from: number, signal: AbortSignal): Promise<Resumable> {
    const { refresh } = this.#options;
    const renew = async (until: AbortSignal) => {
      const fresh = (await refresh?.(until)) ?? this.#media;
      if (fresh.kind === 'http') this.#media = fresh;
      return fresh;
    };
    return resumable(this.#http, this.#media, { from, signal, ...(refresh && { refresh: renew }) });
  }

  /** Cookies and credentials are for the host that they were given for. */
  #openPiece({ url }: RelayTarget, from: number, signal: AbortSignal): Promise<Resumable> {
    const headers = url.origin === this.#media.url.origin ? this.#media.headers : withoutSecrets(this.#media.headers);
    return resumable(this.#http, { ...this.#media, url, headers }, { from, signal });
  }
}

/** Tries again where there was no way to the server, or the connection to it broke. */
async function patiently<T>(signal: AbortSignal, get: () => Promise<T>): Promise<T> {
  for (const waitMs of CHILD_RETRIES_MS) {
    try {
      return await get();
    } catch (error) {
      if (!passes(error)) throw error;
    }
    await sleep(waitMs, signal);
  }
  return get();
}

function passes(error: unknown): boolean {
  if (!(error instanceof TenutoError)) return false;
  if (error.cause instanceof HttpStatusError) return error.cause.status === 429 || error.cause.status >= 500;
  return error.code === 'NETWORK_DOWN' || error.code === 'TRACK_UNAVAILABLE';
}
