import { TenutoError } from '../lib/errors.ts';
import { plainText } from '../lib/format.ts';
import { within } from '../lib/time.ts';
import { describeNetworkError, HttpStatusError, type HttpAnswer, type HttpClient } from './http-client.ts';
import type { Media, Query, Resolution, Source, Track } from './source.ts';
import { AUDIO_FILE, HEAD_BYTES, readHead, sniff, type Sniffed } from './sniff.ts';
import { tagsOfHead } from './tags.ts';

const AUDIO_LIST = /\.(m3u8?|pls)$/i;
const HEAD_MS = 10_000;
const OPUS_RATE = 48_000;

/** The start of what an address leads to. */
export interface Probe {
  readonly url: URL;
  readonly format: Sniffed;
  readonly head: Buffer;
  readonly answer: HttpAnswer;
}

/** Whether a link's file name promises audio. A promise only: what it is, its bytes say. */
export const isNamedLikeAudio = ({ pathname }: URL) => AUDIO_FILE.test(pathname) || AUDIO_LIST.test(pathname);

/** Fetches the first 64 KB of an address and says what they are. */
export async function probe(
  http: HttpClient,
  url: URL,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Probe> {
  const answer = await http.get(url, { signal, headers, range: `bytes=0-${HEAD_BYTES - 1}` });
  const head = await readWhole(answer, signal);
  const sniffed = sniff(head);
  // Formats without a signature of their own, such as MP3 that starts in the middle: here the server's word has to do.
  const claimed = sniffed === 'unknown' && (answer.headers['content-type'] ?? '').startsWith('audio/');
  return { url: answer.url, format: claimed ? 'other' : sniffed, head, answer };
}

/** Audio files and streams on the web, recognised by their own first bytes without any extractor. */
export class DirectUrl implements Source {
  readonly name = 'direct-url';
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  accepts(query: Query): boolean {
    return query.kind === 'url';
  }

  /** 'nothing' for a page: an extractor may find something in it. */
  async resolve(query: Query, signal: AbortSignal): Promise<Resolution> {
    if (query.kind !== 'url') return { kind: 'nothing' };
    const named = isNamedLikeAudio(query.url);
    const found = await probe(this.#http, query.url, signal).catch((error: unknown) => {
      if (named || !refusesUs(error)) throw error;
      return null;
    });
    if (!found) return { kind: 'nothing' };
    if (found.format === 'empty') throw new TenutoError('TRACK_UNAVAILABLE', 'the file is empty');
    if (found.format === 'page' || found.format === 'unknown') {
      if (named) throw new TenutoError('NOT_AUDIO');
      return { kind: 'nothing' };
    }
    return { kind: 'track', track: await this.#describe(query.url, found, signal) };
  }

  async locate(track: Track, signal: AbortSignal): Promise<Media> {
    const found = await probe(this.#http, new URL(track.identifier), signal);
    if (found.format === 'empty') throw new TenutoError('TRACK_UNAVAILABLE', 'the file is empty');
    if (found.format === 'page' || found.format === 'unknown') throw new TenutoError('NOT_AUDIO');
    return { kind: 'http', url: found.url, headers: {}, format: found.format };
  }

  async #describe(url: URL, { head, answer, format }: Probe, signal: AbortSignal): Promise<Track> {
    const tags = await tagsOfHead(head, answer.totalBytes);
    const durationMs =
      tags.durationMs ?? (format === 'ogg-opus' ? await this.#oggDuration(head, answer, signal) : null);
    return {
      source: this.name,
      identifier: url.href,
      title: tags.title ?? fileName(url),
      artist: tags.artist,
      link: url.href,
      thumbnail: null,
      durationMs,
      // A web radio says how it calls itself, and never how long it is.
      live: answer.totalBytes === null && 'icy-name' in answer.headers,
    };
  }

  /** RFC 7845, 4: the position of the last page, less the pre-skip in the header, is the length. Null when that cannot be had. */
  async #oggDuration(
    head: Buffer,
    { url, totalBytes, partial }: HttpAnswer,
    signal: AbortSignal,
  ): Promise<number | null> {
    if (totalBytes === null || !partial) return null;
    const tail = await this.#http
      .get(url, { signal, range: `bytes=${Math.max(0, totalBytes - HEAD_BYTES)}-${totalBytes - 1}` })
      .then(
        (answer) => readWhole(answer, signal),
        () => Buffer.alloc(0),
      );
    const page = tail.lastIndexOf('OggS');
    if (page === -1 || tail.length < page + 14) return null;
    const samples = Number(tail.readBigInt64LE(page + 6)) - head.readUInt16LE(38);
    return samples > 0 ? Math.round((samples * 1_000) / OPUS_RATE) : null;
  }
}

/** Sites that turn away an unknown client may still answer an extractor, which speaks like a browser. */
function refusesUs(error: unknown): boolean {
  const status = error instanceof TenutoError && error.cause instanceof HttpStatusError ? error.cause.status : 0;
  return [401, 403, 405, 406, 418, 429].includes(status) || status >= 500;
}

async function readWhole(answer: HttpAnswer, signal: AbortSignal): Promise<Buffer> {
  const late = () => new TenutoError('TRACK_UNAVAILABLE', 'the server did not send anything in time');
  try {
    return await within(HEAD_MS, readHead(answer.body), late, signal);
  } catch (error) {
    answer.body.destroy();
    if (signal.aborted || error instanceof TenutoError) throw error;
    throw new TenutoError('TRACK_UNAVAILABLE', describeNetworkError(error), { cause: error });
  }
}

function fileName(url: URL): string {
  const last = /([^/]+)\/*$/.exec(url.pathname)?.[1] ?? '';
  const name = plainText(decode(last).replace(AUDIO_FILE, '').replaceAll('_', ' '));
  return name || url.hostname;
}

/** A percent sign in a file name need not be an escape. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
