import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Store } from '../storage/store.ts';
import type { Media, Track } from './source.ts';

const MINUTE = 60_000;
const MARGIN_MS = 10 * MINUTE;
const LONGEST_MS = 5 * 60 * MINUTE;
/** For links that do not say when they expire. */
const USUAL_MS = 60 * MINUTE;

const Kept = z.object({
  url: z.url(),
  headers: z.record(z.string(), z.string()),
  format: z.enum(['webm-opus', 'ogg-opus', 'other']),
});

type HttpMedia = Extract<Media, { kind: 'http' }>;

/** Remembers where the bytes of extracted tracks are, until those links expire. Losing an entry only costs time, so nothing throws. */
export class ExtractionCache {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  async get(track: Track): Promise<HttpMedia | null> {
    const kept = Kept.safeParse(await this.#store.get(keyOf(track)).catch(() => undefined));
    return kept.success ? { kind: 'http', ...kept.data, url: new URL(kept.data.url) } : null;
  }

  async put(track: Track, { url, headers, format }: HttpMedia): Promise<void> {
    const ttlMs = lifetimeMs(url, this.#now());
    if (ttlMs > 0)
      await this.#store.set(keyOf(track), { url: url.href, headers, format }, ttlMs).catch(() => undefined);
  }

  /** For a link that turned out not to work any more. */
  async invalidate(track: Track): Promise<void> {
    await this.#store.deleteMany([keyOf(track)]).catch(() => undefined);
  }
}

/** How long a link may be used from now on: till shortly before its own `expire` (seconds since 1970, in query or path), five hours at the most. */
export function lifetimeMs(url: URL, now: number): number {
  const expire = Number(url.searchParams.get('expire') ?? /\/expire\/(\d+)\//.exec(url.pathname)?.[1]);
  if (!Number.isFinite(expire) || expire <= 0) return USUAL_MS;
  return Math.max(0, Math.min(LONGEST_MS, expire * 1_000 - now - MARGIN_MS));
}

// Identifiers are links of any length; keys should not be.
function keyOf({ source, identifier }: Track): string {
  return `media:${source}:${createHash('sha256').update(identifier).digest('base64url')}`;
}
