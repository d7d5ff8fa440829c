import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { TenutoError } from '../lib/errors.ts';
import type { ChildKind } from './hls-playlist.ts';
import { HttpStatusError } from './http-client.ts';
import type { ByteRange, RelayedMedia } from './relayed-media.ts';
import { upTo } from './stream-reading.ts';

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';

/** One track on the relay: how it is answered for, and how its reading goes. */
export class RelayedTrack {
  readonly kind: ChildKind;
  /** The name of its beginning. */
  readonly name: string;
  readonly #media: RelayedMedia;
  readonly #signal: AbortSignal;
  #failure: TenutoError | null = null;

  /** `signal` ends every reading. */
  constructor(media: RelayedMedia, signal: AbortSignal) {
    this.#media = media;
    this.#signal = signal;
    this.kind = media.kind;
    this.name = media.name;
  }

  /** Why what was asked for last did not come; null when it came. */
  get failure(): TenutoError | null {
    return this.#failure;
  }

  /** Answers one request. Never rejects. */
  async serve(name: string, range: ByteRange | null, response: ServerResponse): Promise<void> {
    const kind = this.#media.kindOf(name);
    if (!kind) return void response.writeHead(404).end();
    const visit = new AbortController();
    response.once('close', () => visit.abort(new Error('nobody waits for it')));
    const signal = AbortSignal.any([visit.signal, this.#signal]);
    try {
      if (kind === 'playlist') await this.#sendPlaylist(name, response, signal);
      else await this.#sendBytes(name, range, response, signal);
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

  async #sendPlaylist(name: string, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const list = await this.#media.readList(name, signal);
    this.#came();
    response.writeHead(200, { 'content-type': PLAYLIST_TYPE, 'content-length': Buffer.byteLength(list) }).end(list);
  }

  async #sendBytes(name: string, range: ByteRange | null, response: ServerResponse, signal: AbortSignal) {
    const { from, to } = range ?? { from: 0, to: null };
    const { body, headers, totalBytes, ranges } = await this.#media.openBytes(name, range, signal);
    const end = Math.min(totalBytes ?? Infinity, to === null ? Infinity : to + 1);
    // A reader takes 206 for a promise that it may skip, which a server without ranges would make dear, and which needs a length.
    const part = range !== null && ((ranges && totalBytes !== null) || from > 0);
    this.#came();
    response.writeHead(part ? 206 : 200, {
      'content-type': headers['content-type'] ?? 'application/octet-stream',
      ...(Number.isFinite(end) && { 'content-length': Math.max(0, end - from) }),
      ...(part && { 'content-range': `bytes ${from}-${Number.isFinite(end) ? end - 1 : ''}/${totalBytes ?? '*'}` }),
    });
    if (response.req.method === 'HEAD') {
      body.destroy();
      return void response.end();
    }
    await pipeline(body, upTo(end - from), response).catch((error: unknown) => {
      throw body.errored ?? error;
    });
  }
}
