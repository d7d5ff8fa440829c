import { TenutoError, toTenutoError } from '../lib/errors.ts';
import type { Subprocesses } from '../lib/subprocess.ts';
import type { Store } from '../storage/store.ts';
import { DirectUrl } from './direct-url.ts';
import { EgressProxy } from './egress-proxy.ts';
import { ExtractionCache, type CacheCounts } from './extraction-cache.ts';
import { isLinkRefused } from './extraction-ways.ts';
import { ExtractorSource } from './extractor-source.ts';
import { HttpClient } from './http-client.ts';
import { isReference, LocalLibrary, referenceTo } from './local-library.ts';
import { openLink } from './open-link.ts';
import { parseQuery } from './query.ts';
import type { SiteTrouble } from './site-breaker.ts';
import type { ExtractionRates } from './site-gate.ts';
import { LoudnessMemory } from './loudness-memory.ts';
import { Relay } from './relay.ts';
import { Search } from './search.ts';
import { SharedLinks } from './shared-links.ts';
import { Slots } from './slots.ts';
import type { Media, Query, Resolution, Source, Sources, Track, Typing, Urgency } from './source.ts';
import { Suggestions } from './suggestions.ts';
import { UrlGuard } from './url-guard.ts';
import type { YtDlpBinary } from './yt-dlp-binary.ts';
import { YtDlp } from './yt-dlp.ts';

/** As many as one looks through in a menu. */
const SEARCHED = 10;
/** Each track of a list that another service names is a search. */
const MOST_LOOKED_FOR = 50;

export interface SourcesOptions {
  readonly store: Store;
  readonly subprocesses: Subprocesses;
  readonly dataDir: string;
  readonly musicDir: string;
  readonly ytDlpPath: string | null;
  readonly playlistLimit: number;
  /** What yt-dlp may read, as in the setting. */
  readonly extractors?: readonly string[];
  /** How often yt-dlp may be asked, as in the settings. */
  readonly rates?: ExtractionRates;
  /** As which programs YouTube is asked when it does not answer yt-dlp's own choice. */
  readonly otherClients?: readonly string[];
  /** Hosts that may be opened although they are private. */
  readonly allowPrivateHosts: readonly string[];
  /** For the operator: a site that gives trouble, told once until it answers again. */
  readonly trouble?: (trouble: SiteTrouble) => void;
}

/** All places where music comes from, as one. Made once, in app.ts. */
class AllSources implements Sources {
  /** For those who open what `locate` found. */
  readonly http: HttpClient;
  readonly relay: Relay;
  readonly loudness: LoudnessMemory;
  readonly #egress: EgressProxy;
  readonly #cache: ExtractionCache;
  readonly #library: LocalLibrary;
  readonly #ytDlp: YtDlp;
  readonly #table: readonly Source[];
  readonly #files: DirectUrl;
  readonly #searches: Search;
  readonly #suggestions: Suggestions;
  readonly #shared: SharedLinks;
  /** One, so that whatever happens the other slot of yt-dlp is there for people. */
  readonly #preloads = new Slots(1);

  constructor(options: SourcesOptions) {
    const { store, musicDir, ytDlpPath, playlistLimit, allowPrivateHosts } = options;
    this.http = new HttpClient(new UrlGuard({ allowedHosts: allowPrivateHosts }));
    this.relay = new Relay(this.http);
    this.#egress = new EgressProxy(this.http.guard);
    this.#cache = new ExtractionCache(store);
    this.#library = new LocalLibrary(musicDir);
    const tagged = async (track: Track) => (track.source === 'library' ? this.#library.loudnessOf(track) : null);
    this.loudness = new LoudnessMemory(store, tagged);
    this.#ytDlp = new YtDlp({ ...options, path: ytDlpPath, egress: this.#egress });
    const parts = { ytDlp: this.#ytDlp, cache: this.#cache, http: this.http, playlistLimit };
    const youTube = new ExtractorSource('youtube', parts);
    this.#searches = new Search({ ask: (words, asking) => youTube.search(words, SEARCHED, asking) });
    this.#suggestions = new Suggestions({
      known: (words) => this.#searches.known(words),
      find: (words, signal) => {
        const asking = { signal, urgency: 'ahead' } as const;
        return this.#preloads.run(() => this.#searches.find(words, asking), asking);
      },
      files: (words, limit) => this.#library.beginningWith(words, limit),
    });
    this.#shared = new SharedLinks({
      http: this.http,
      limit: Math.min(playlistLimit, MOST_LOOKED_FOR),
      find: (words, signal, userId) => this.#search({ kind: 'words', words }, signal, userId),
      list: (words, signal) => this.search(words, signal),
    });
    // The first row that accepts a query and finds something in it wins.
    this.#files = new DirectUrl(this.http);
    this.#table = [this.#library, youTube, this.#files, new ExtractorSource('site', parts)];
  }

  check(text: string): void {
    parseQuery(text);
  }

  async resolve(text: string, signal: AbortSignal, userId?: string): Promise<Resolution> {
    if (isReference(text)) return await this.#refound(text);
    const query = parseQuery(text);
    if (query.kind === 'words') return await this.#search(query, signal, userId);
    const shared = await this.#shared.resolve(query.url, signal, userId);
    return shared ?? (await openLink(this.#table, query, signal, userId));
  }

  async file(address: string, signal: AbortSignal): Promise<Resolution> {
    return await this.#files.file(new URL(address), signal);
  }

  /** Files of the library that have all of the words, then what YouTube finds; when that cannot be reached, those alone. */
  async search(text: string, signal: AbortSignal, userId?: string): Promise<readonly Track[]> {
    const query = parseQuery(text);
    if (query.kind === 'url') throw new TenutoError('BAD_OPTION', 'That is a link: /play opens it.');
    const own = (await this.#library.search(query.words, SEARCHED / 2)).filter(({ complete }) => complete);
    const found = await this.#searches.find(query.words, { signal, userId }).catch((error: unknown) => {
      if (own.length === 0 || signal.aborted) throw error;
      return [];
    });
    return [...own.map(({ track }) => track), ...found].slice(0, SEARCHED);
  }

  suggest(words: string, typing: Typing): readonly Track[] {
    return this.#suggestions.suggest(words, typing);
  }

  referenceTo(track: Track): string | null {
    if (track.source === 'library') return referenceTo(track);
    return track.identifier.length > 100 ? null : track.identifier;
  }

  async locate(track: Track, signal: AbortSignal, urgency: Urgency = 'now'): Promise<Media> {
    return this.#sourceOf(track).locate(track, signal, urgency);
  }

  /**
   * Locates a track whose turn is still to come, one at a time, so that it is known then. Only extraction is worth that.
   * Returns until when it helps, in milliseconds since 1970; null: for ever.
   */
  async preload(track: Track, signal: AbortSignal): Promise<number | null> {
    const source = this.#sourceOf(track);
    if (!(source instanceof ExtractorSource)) return null;
    return await this.#preloads.run(() => source.prepare(track, signal), { signal, urgency: 'ahead' });
  }

  /** Tracks that go with this one, nearest first, perhaps itself among them; null when its source knows of no such thing. */
  async related(track: Track, signal: AbortSignal, urgency: Urgency): Promise<readonly Track[] | null> {
    return (await this.#sourceOf(track).related?.(track, signal, urgency)) ?? null;
  }

  /** How often it was known where the bytes of a track are. */
  get cacheCounts(): CacheCounts {
    return this.#cache.counts;
  }

  /**
   * Forgets where the bytes of a track were: for a link that did not work. The next `locate` asks its site again, in another
   * way when `failure` says that new links do not work either.
   */
  forget(track: Track, failure?: unknown): Promise<void> {
    if (isLinkRefused(failure) && this.#sourceOf(track) instanceof ExtractorSource)
      this.#ytDlp.linkRefused(new URL(track.identifier));
    return this.#cache.invalidate(track);
  }

  /** The yt-dlp in use, or null: looked for once, whoever asks. */
  ytDlp(): Promise<YtDlpBinary | null> {
    return this.#ytDlp.binary();
  }

  /** Does beforehand what would slow the first query down: finds yt-dlp and reads the library. Never rejects. */
  async warmUp(): Promise<void> {
    await Promise.all([this.#ytDlp.binary(), this.#library.refresh()]);
  }

  /** Ends whatever is still being read. */
  async close(): Promise<void> {
    this.#suggestions.close();
    await Promise.all([this.relay.close(), this.#egress.close()]);
  }

  async #refound(reference: string): Promise<Resolution> {
    const track = await this.#library.named(reference);
    if (track === null) throw new TenutoError('STALE_CHOICE');
    return { kind: 'track', track };
  }

  #sourceOf(track: Track): Source {
    const source = this.#table.find(({ name }) => name === track.source);
    if (!source) throw new TenutoError('TRACK_UNAVAILABLE', 'I no longer know where it came from');
    return source;
  }

  /**
   * Words: a file of one's own library that has all of them is what was meant. Else whatever the others find; and when
   * that is nothing, or they cannot be reached, the nearest file of the library.
   */
  async #search(query: Query & { kind: 'words' }, signal: AbortSignal, userId?: string): Promise<Resolution> {
    const [own] = await this.#library.search(query.words, 1);
    const unread = !own && !this.#library.read;
    const mine: Resolution = own ? { kind: 'track', track: own.track } : { kind: 'nothing' };
    if (own?.complete) return mine;
    const others = this.#table.filter((source) => source !== this.#library && source.accepts(query));
    try {
      for (const source of others) {
        const resolution = await source.resolve(query, signal, userId);
        if (resolution.kind !== 'nothing') return resolution;
      }
    } catch (error) {
      if (signal.aborted) throw error;
      if (unread) throw new TenutoError('LIBRARY_UNREAD', toTenutoError(error).say, { cause: error });
      if (!own) throw error;
    }
    if (unread) throw new TenutoError('LIBRARY_UNREAD', 'Elsewhere I found nothing: try again in a minute.');
    return mine;
  }
}

export type { AllSources };

/** The sources of the bot: the library, YouTube, direct links and every site that yt-dlp knows. */
export function createSources(options: SourcesOptions): AllSources {
  return new AllSources(options);
}
