import { TenutoError } from '../lib/errors.ts';
import { plainText } from '../lib/format.ts';
import { HttpStatusError, type HttpClient } from './http-client.ts';
import { hasExpired } from './link-expiry.ts';
import { probe, type Probe } from './probe.ts';
import { tagsOfRemote } from './remote-tags.ts';
import { AUDIO_FILE } from './sniff.ts';
import type { Media, MediaFormat, Query, Resolution, Source, Track } from './source.ts';

const AUDIO_LIST = /\.(m3u8?|pls)$/i;

/** Whether a link's file name promises audio. A promise only: what it is, its bytes say. */
export const isNamedLikeAudio = ({ pathname }: URL) => AUDIO_FILE.test(pathname) || AUDIO_LIST.test(pathname);

/** Audio files and streams on the web, recognised by their own first bytes without any extractor. */
export class DirectUrl implements Source {
  readonly name = 'direct-url';
  readonly #http: HttpClient;
  readonly #now: () => number;

  constructor(http: HttpClient, now: () => number = Date.now) {
    this.#http = http;
    this.#now = now;
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
    if (!named && !isSound(found))
      return found.url.href === query.url.href ? { kind: 'nothing' } : { kind: 'nothing', behind: found.url };
    formatOf(found);
    return { kind: 'track', track: await this.#describe(query.url, found, signal) };
  }

  /** What `resolve` finds where it must be a file: a page is none. */
  async file(url: URL, signal: AbortSignal): Promise<Resolution> {
    const found = await this.resolve({ kind: 'url', url }, signal).catch((error: unknown) => {
      if (error instanceof TenutoError && error.code === 'NOT_AUDIO') return null;
      throw error;
    });
    if (found?.kind !== 'track') throw new TenutoError('NO_SOUND_IN_FILE');
    return found;
  }

  /** Throws TRACK_CLOSED when the link's time is over: nobody but who gave it can give a new one. */
  async locate(track: Track, signal: AbortSignal): Promise<Media> {
    const address = new URL(track.identifier);
    const found = await probe(this.#http, address, signal).catch((cause: unknown) => {
      if (signal.aborted || !hasExpired(address, this.#now())) throw cause;
      throw new TenutoError('TRACK_CLOSED', 'its link was good for a time only and that is over, so give it again', {
        cause,
      });
    });
    return { kind: 'http', url: found.url, headers: {}, format: formatOf(found) };
  }

  async #describe(url: URL, found: Probe, signal: AbortSignal): Promise<Track> {
    const tags = await tagsOfRemote(this.#http, found, signal);
    return {
      source: this.name,
      identifier: url.href,
      title: tags.title ?? fileName(url),
      artist: tags.artist,
      // What is signed, or for one person only, is so by its query: whoever asked for it did not mean to show that to the channel.
      link: url.search === '' ? url.href : null,
      thumbnail: null,
      durationMs: tags.durationMs,
      // A web radio says how it calls itself, and never how long it is.
      live: found.answer.totalBytes === null && 'icy-name' in found.answer.headers,
    };
  }
}

const isSound = ({ format }: Probe) => format !== 'page' && format !== 'unknown';

/** The format to play it as. Throws when there is nothing to play. */
function formatOf({ format }: Probe): MediaFormat {
  if (format === 'empty') throw new TenutoError('TRACK_UNAVAILABLE', 'the file is empty');
  if (format === 'page' || format === 'unknown') throw new TenutoError('NOT_AUDIO');
  return format;
}

/** Sites that turn away an unknown client may still answer an extractor, which speaks like a browser. */
function refusesUs(error: unknown): boolean {
  const status = error instanceof TenutoError && error.cause instanceof HttpStatusError ? error.cause.status : 0;
  return [401, 403, 405, 406, 418, 429].includes(status) || status >= 500;
}

function fileName(url: URL): string {
  const last = /([^/]+)\/*$/.exec(url.pathname)?.[1] ?? '';
  return plainText(decode(last).replace(AUDIO_FILE, '').replaceAll('_', ' ')) || url.hostname;
}

/** A percent sign in a file name need not be an escape. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
