import { TenutoError } from '../lib/errors.ts';
import { moment, plainText } from '../lib/format.ts';
import { sleep } from '../lib/time.ts';
import { inChunks, resumed } from './chunks.ts';
import { isNamedLikeAudio } from './direct-url.ts';
import type { ExtractionCache, Located } from './extraction-cache.ts';
import type { HttpClient } from './http-client.ts';
import { atMost, isListed, playable } from './playlist-entries.ts';
import { probe } from './probe.ts';
import { mixOf } from './related.ts';
import { isYouTube, videoOf } from './sites.ts';
import type { Media, MediaFormat, Query, Resolution, Source, SourceName, Track, Urgency } from './source.ts';
import { assertBegun, linkIn, trackOf } from './track-info.ts';
import type { Entry, Extraction, Info } from './yt-dlp-info.ts';
import type { Asking, YtDlp } from './yt-dlp.ts';

/** One page of a mix. */
const MIX_LENGTH = 25;

export interface ExtractorParts {
  readonly ytDlp: YtDlp;
  readonly cache: ExtractionCache;
  readonly http: HttpClient;
  /** Tracks taken from one playlist, at most. */
  readonly playlistLimit: number;
}

/** Whatever yt-dlp can open. Two rows: YouTube, which also searches for words, and every other site. */
export class ExtractorSource implements Source {
  readonly name: SourceName;
  readonly #parts: ExtractorParts;

  constructor(name: 'youtube' | 'site', parts: ExtractorParts) {
    this.name = name;
    this.#parts = parts;
  }

  accepts(query: Query): boolean {
    if (this.name === 'site') return query.kind === 'url';
    return query.kind === 'words' || isYouTube(query.url);
  }

  async resolve(query: Query, signal: AbortSignal, userId?: string): Promise<Resolution> {
    if (query.kind === 'words') return this.#first(await this.#ask(query, { signal, userId }), signal);
    const known = await this.#parts.cache.about(query.url);
    if (known?.source === this.name) return { kind: 'track', track: known };
    if (videoOf(query.url.href) === null) return await this.#look(query.url, { signal, userId });
    const extraction = await this.#open(query.url, { signal, userId });
    const info = extraction.kind === 'one' ? extraction.info : extraction.entries[0];
    return info ? { kind: 'track', track: await this.#remember(info, query.url, signal) } : { kind: 'nothing' };
  }

  /** What YouTube finds for words, nearest first. */
  async search(words: string, limit: number, asking: Asking): Promise<readonly Track[]> {
    const entries: Entry[] = [];
    await this.#parts.ytDlp.list({ kind: 'youtube-list', words, limit }, asking, (entry) => entries.push(entry));
    return playable(entries, (one) => this.#entry(one)).tracks;
  }

  /** From the cache while its link lives; else yt-dlp is asked again. */
  async locate(track: Track, signal: AbortSignal, urgency?: Urgency): Promise<Media> {
    const { media, availableAt } = await this.#located(track, signal, urgency);
    await available(availableAt, signal);
    return media;
  }

  /** YouTube's mix; other sites have nothing of the kind that all of them would name alike. */
  async related(track: Track, signal: AbortSignal, urgency: Urgency): Promise<readonly Track[] | null> {
    const video = videoOf(track.identifier);
    if (video === null) return null;
    const mix = { kind: 'youtube-mix', url: mixOf(video), limit: MIX_LENGTH } as const;
    const extraction = await this.#parts.ytDlp.extract(mix, { signal, urgency }).catch((error: unknown) => {
      // Of a few videos there is no mix.
      if (error instanceof TenutoError && error.code === 'TRACK_CLOSED') return null;
      throw error;
    });
    const entries = extraction?.kind === 'many' ? extraction.entries : [];
    // A stream never ends; what has no length is private or gone.
    return entries.flatMap((entry) => this.#entry(entry) ?? []).filter(({ durationMs }) => durationMs !== null);
  }

  /** Does now what `locate` would do later, and returns until when that helps, in milliseconds since 1970. */
  async prepare(track: Track, signal: AbortSignal): Promise<number> {
    return (await this.#located(track, signal, 'ahead')).until;
  }

  async #located(track: Track, signal: AbortSignal, urgency?: Urgency): Promise<Located> {
    const { cache } = this.#parts;
    const cached = await cache.located(track);
    if (cached) return cached;
    const extraction = await this.#open(new URL(track.identifier), { signal, urgency });
    const info = extraction.kind === 'one' ? extraction.info : extraction.entries[0];
    if (!info) throw new TenutoError('NOT_AUDIO');
    return await cache.keepLocated(track, await this.#media(info, signal), availableAtOf(info));
  }

  /** A page is a track or a list; its first entry tells. */
  async #look(url: URL, { signal, userId }: Asking): Promise<Resolution> {
    const { ytDlp, playlistLimit } = this.#parts;
    // One more than is taken tells whether there are more.
    const listed = { kind: 'list', url, limit: playlistLimit + 1 } as const;
    const chunks = inChunks<Entry>((took, life) => {
      const asking = { signal: AbortSignal.any([signal, life]), userId };
      return ytDlp.list(listed, asking, atMost(playlistLimit, took));
    }, GATHER_MS);
    const { value: first } = await this.#unlessRefused(url, signal, () => chunks.next());
    const [entry] = first ?? [];
    if (!first || !entry) return { kind: 'nothing' };
    if (isListed(entry)) {
      const title = plainText(entry.playlist_title ?? '') || url.hostname;
      const tracksIn = (entries: readonly Entry[]) => playable(entries, (one) => this.#entry(one));
      return { kind: 'playlist', title, chunks: resumed(first, chunks, tracksIn) };
    }
    await chunks.return();
    return { kind: 'track', track: await this.#remember(entry, url, signal) };
  }

  #open(url: URL, asking: Asking): Promise<Extraction> {
    return this.#unlessRefused(url, asking.signal, () => this.#ask({ kind: 'url', url }, asking));
  }

  /** Asks about a page, unless it is known that there is nothing. */
  async #unlessRefused<T>(url: URL, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    const { cache, http } = this.#parts;
    await http.guard.assertPublic(url, signal);
    await cache.assertOpen(url.href);
    try {
      return await ask();
    } catch (error) {
      await cache.keepRefusal(url.href, error);
      throw error;
    }
  }

  #ask(query: Query, asking: Asking): Promise<Extraction> {
    const { ytDlp, playlistLimit } = this.#parts;
    if (query.kind === 'words') return ytDlp.extract({ kind: 'youtube-search', words: query.words }, asking);
    return ytDlp.extract({ kind: 'page', url: query.url, limit: playlistLimit }, asking);
  }

  async #first(extraction: Extraction, signal: AbortSignal): Promise<Resolution> {
    const info = extraction.kind === 'one' ? extraction.info : extraction.entries[0];
    if (!info) return { kind: 'nothing' };
    const page = linkIn(info.webpage_url);
    return page ? { kind: 'track', track: await this.#remember(info, page, signal) } : { kind: 'nothing' };
  }

  /** Keeps where the bytes are, because they are wanted at once in most cases. */
  async #remember(info: Info, asked: URL, signal: AbortSignal): Promise<Track> {
    const { cache } = this.#parts;
    const track = trackOf(info, this.name, linkIn(info.webpage_url) ?? asked);
    await cache.keepLocated(track, await this.#media(info, signal), availableAtOf(info));
    await cache.keepAbout(asked, track);
    return track;
  }

  #entry(info: Info): Track | null {
    const page = linkIn(info.url ?? info.webpage_url);
    if (!page) return null;
    // An episode of a feed is a plain file, for which nobody needs to start yt-dlp again.
    const plain = isNamedLikeAudio(page) ? 'direct-url' : 'site';
    return trackOf(info, isYouTube(page) ? 'youtube' : plain, page);
  }

  /** What a site hands out is as foreign as what a person types: its links are checked like theirs. */
  async #media(info: Info, signal: AbortSignal): Promise<Extract<Media, { kind: 'http' }>> {
    assertBegun(info);
    const url = linkIn(info.url);
    if (!url) throw new TenutoError('TRACK_UNAVAILABLE', 'the site gave no link to its sound');
    const headers = info.http_headers ?? {};
    await this.#parts.http.guard.assertPublic(url, signal);
    return { kind: 'http', url, headers, format: await this.#format(info, url, headers, signal) };
  }

  async #format(info: Info, url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<MediaFormat> {
    if (info.protocol !== 'http' && info.protocol !== 'https') return 'other';
    if (info.acodec === 'opus' && info.ext === 'webm') return 'webm-opus';
    if (info.acodec && info.acodec !== 'opus') return 'other';
    const { format } = await probe(this.#parts.http, url, signal, headers);
    if (format === 'page' || format === 'empty') throw new TenutoError('NOT_AUDIO');
    return format === 'unknown' ? 'other' : format;
  }
}

/** Long enough that a fast list is a few writes to the disk, short enough that people see it grow. */
const GATHER_MS = 300;

/** Milliseconds since 1970; null when its bytes are there already. */
const availableAtOf = ({ available_at: at }: Info): number | null => (at ? at * 1_000 : null);

/** Longer than that nobody waits for a track that is about to play. */
const PATIENCE_MS = 30_000;

const heldBack = (until: number) =>
  new TenutoError('TRACK_NOT_YET', `its site gives it out ${moment(until)}`, { retryAt: until });

/** YouTube refuses some links until the advertisement before them would be over. */
async function available(at: number | null, signal: AbortSignal): Promise<void> {
  if (at === null) return;
  const waitMs = at - Date.now();
  if (waitMs <= 0) return;
  if (waitMs > PATIENCE_MS) throw heldBack(at);
  await sleep(waitMs, signal);
}
