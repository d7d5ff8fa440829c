import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TenutoError } from '../lib/errors.ts';
import type { Store } from '../storage/store.ts';
import { BoundedKeys } from './bounded-keys.ts';
import { lifetimeMs } from './link-expiry.ts';
import { videoOf } from './sites.ts';
import type { Media, Track } from './source.ts';

const MINUTE = 60_000;
/** What a site says about a track changes rarely; the bytes are looked for again in any case. */
const ABOUT_MS = 24 * 60 * MINUTE;
/** Long enough for everybody who clicks the same dead link, short enough for a video that comes back. */
const REFUSED_MS = 5 * MINUTE;
const PREFIX = 'extract:';
const MOST = 4_000;
/** What the site says about a track that it would say to the next one who asks, too. */
const LASTING = ['TRACK_CLOSED', 'NOT_AUDIO'] as const;

const KeptMedia = z.object({
  url: z.url(),
  headers: z.record(z.string(), z.string()),
  format: z.enum(['webm-opus', 'ogg-opus', 'other']),
  /** Milliseconds since 1970: not to be used after the one, and not before the other. */
  until: z.number(),
  availableAt: z.number().nullable(),
});
const KeptTrack = z.object({
  source: z.enum(['youtube', 'site']),
  identifier: z.url(),
  title: z.string(),
  artist: z.string().nullable(),
  link: z.string().nullable(),
  thumbnail: z.string().nullable(),
  durationMs: z.number().nullable(),
  live: z.boolean(),
  chapters: z.array(z.object({ title: z.string(), startMs: z.number() })).exactOptional(),
});
const KeptRefusal = z.object({ code: z.enum(LASTING), detail: z.string() });

type HttpMedia = Extract<Media, { kind: 'http' }>;

/** Where the bytes of a track are, from when and until when. */
export interface Located {
  readonly media: HttpMedia;
  readonly until: number;
  /** The site refuses them before then; null: they are there. */
  readonly availableAt: number | null;
}

/** How often the cache was asked for bytes, and with what result: `refused`, it knew that there are none. */
export type CacheCounts = Readonly<Record<'hit' | 'miss' | 'refused', number>>;

/**
 * ExtractionCache: what was found out about a page, by its site and what the site calls it: where the bytes are, until their
 * links expire; what it is, for longer; and that there is nothing to play, for a while. Losing an entry only costs time, so
 * nothing throws but a refusal that is known.
 */
export class ExtractionCache {
  readonly #store: Store;
  readonly #keys: BoundedKeys;
  readonly #now: () => number;
  readonly #counts = { hit: 0, miss: 0, refused: 0 };

  constructor(store: Store, now: () => number = Date.now, most = MOST) {
    this.#store = store;
    this.#keys = new BoundedKeys(store, PREFIX, most);
    this.#now = now;
  }

  get counts(): CacheCounts {
    return this.#counts;
  }

  async located(track: Track): Promise<Located | null> {
    const kept = KeptMedia.safeParse(await this.#read('media', track.identifier));
    const good = kept.success && kept.data.until > this.#now();
    this.#counts[good ? 'hit' : 'miss'] += 1;
    if (!good) return null;
    const { url, headers, format, until, availableAt } = kept.data;
    return { media: { kind: 'http', url: new URL(url), headers, format }, until, availableAt };
  }

  async keepLocated(track: Track, media: HttpMedia, availableAt: number | null = null): Promise<Located> {
    const { url, headers, format } = media;
    const ttlMs = lifetimeMs(url, this.#now());
    const until = this.#now() + ttlMs;
    if (ttlMs > 0)
      await this.#write('media', track.identifier, { url: url.href, headers, format, until, availableAt }, ttlMs);
    return { media, until, availableAt };
  }

  /** For a link that turned out not to work any more. */
  async invalidate(track: Track): Promise<void> {
    const keys = [keyOf('media', track.identifier), keyOf('refused', track.identifier)];
    await this.#store.deleteMany(keys).catch(() => undefined);
  }

  /** What is at this page, if it is known. */
  async about(page: URL): Promise<Track | null> {
    const kept = KeptTrack.safeParse(await this.#read('about', page.href));
    return kept.success ? kept.data : null;
  }

  /** A stream is live for as long as it is. */
  async keepAbout(page: URL, track: Track): Promise<void> {
    if (!track.live) await this.#write('about', page.href, track, ABOUT_MS);
  }

  /** Throws what the site said when it was last asked about this page, if it would say the same again. */
  async assertOpen(page: string): Promise<void> {
    const kept = KeptRefusal.safeParse(await this.#read('refused', page));
    if (!kept.success) return;
    this.#counts.refused += 1;
    throw new TenutoError(kept.data.code, kept.data.detail);
  }

  /** Remembers a failure that would be the same for the next one. */
  async keepRefusal(page: string, failure: unknown): Promise<void> {
    const code = LASTING.find((one) => failure instanceof TenutoError && failure.code === one);
    if (code === undefined || !(failure instanceof TenutoError)) return;
    await this.#write('refused', page, { code, detail: failure.detail }, REFUSED_MS);
  }

  async #read(kind: Kind, page: string): Promise<unknown> {
    return await this.#store.get(keyOf(kind, page)).catch(() => undefined);
  }

  async #write(kind: Kind, page: string, value: unknown, ttlMs: number): Promise<void> {
    const key = keyOf(kind, page);
    try {
      await this.#store.set(key, value, ttlMs);
      await this.#keys.touched(key);
    } catch {
      // Then it is not in the cache.
    }
  }
}

type Kind = 'media' | 'about' | 'refused';

/** Sites have many links for one thing, of any length; keys should not be. */
function keyOf(kind: Kind, page: string): string {
  const video = videoOf(page);
  const name = video === null ? `site:${createHash('sha256').update(page).digest('base64url')}` : `youtube:${video}`;
  return `${PREFIX}${kind}:${name}`;
}
