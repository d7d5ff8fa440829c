/** So much at once, and then so often. */
export interface Rate {
  readonly burst: number;
  /** Milliseconds until one more is allowed. */
  readonly everyMs: number;
}

/** The most buckets that are remembered: a full one that is forgotten comes back full. */
const MOST = 10_000;

/** One token bucket for each name, all of the same rate. */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #now: () => number;
  /** When the bucket of this name will be full again, milliseconds since 1970; in the order of their last use. */
  readonly #fullAt = new Map<string, number>();

  constructor(rate: Rate, now: () => number = Date.now) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes a token and returns 0; or takes none and returns the milliseconds until there is one more than `reserve`. */
  take(name: string, reserve = 0): number {
    const { burst, everyMs } = this.#rate;
    const now = this.#now();
    const fullAt = Math.max(now, this.#fullAt.get(name) ?? now);
    const waitMs = fullAt - now - (burst - 1 - reserve) * everyMs;
    if (waitMs > 0) return waitMs;
    this.#fullAt.delete(name);
    this.#fullAt.set(name, fullAt + everyMs);
    if (this.#fullAt.size > MOST) this.#forget(now);
    return 0;
  }

  #forget(now: number): void {
    for (const [name, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(name);
    const [longestUnused] = this.#fullAt.keys();
    if (this.#fullAt.size > MOST && longestUnused !== undefined) this.#fullAt.delete(longestUnused);
  }
}
