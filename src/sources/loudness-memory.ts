import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Store } from '../storage/store.ts';
import { BoundedKeys } from './bounded-keys.ts';
import { plausible } from './loudness-tags.ts';
import type { Track } from './source.ts';

const DAY = 24 * 60 * 60_000;
/** A recording stays as loud as it is; only what nobody plays any more is forgotten. */
const KEPT_MS = 90 * DAY;
/** What could not be measured may be measured another day. */
const FAILED_MS = DAY;
const PREFIX = 'loudness:';
const MOST = 10_000;

const Kept = z.object({ lufs: z.number().nullable() });

/** What is known about the loudness of a track: in LUFS; `lufs` is null where it was looked for in vain. */
export interface KnownLoudness {
  readonly lufs: number | null;
}

/** Remembers how loud tracks are. Losing an entry costs one measurement, so nothing here throws. */
export class LoudnessMemory {
  readonly #store: Store;
  readonly #keys: BoundedKeys;
  readonly #tagged: (track: Track) => Promise<number | null>;

  /** `tagged` tells what the tags of a track say, where that is soon known. */
  constructor(store: Store, tagged: (track: Track) => Promise<number | null>, most = MOST) {
    this.#store = store;
    this.#keys = new BoundedKeys(store, PREFIX, most);
    this.#tagged = tagged;
  }

  /** What is known; null: nothing. As slow as the disk is. */
  async recall(track: Track): Promise<KnownLoudness | null> {
    const tagged = await this.#tagged(track).catch(() => null);
    if (tagged !== null) return { lufs: tagged };
    const kept = Kept.safeParse(await this.#store.get(keyOf(track)).catch(() => null));
    if (!kept.success) return null;
    return { lufs: kept.data.lufs === null ? null : plausible(kept.data.lufs) };
  }

  async keep(track: Track, lufs: number | null): Promise<void> {
    const key = keyOf(track);
    try {
      await this.#store.set(key, { lufs }, lufs === null ? FAILED_MS : KEPT_MS);
      await this.#keys.touched(key);
    } catch {
      // Then it is measured again.
    }
  }
}

/** Identifiers can be of any length; keys should not be. */
function keyOf({ source, identifier }: Track): string {
  return `${PREFIX}${source}:${createHash('sha256').update(identifier).digest('base64url')}`;
}
