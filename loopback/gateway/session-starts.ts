const DAY_MS = 86_400_000;

/** As GET /gateway/bot tells it: https://discord.com/developers/docs/events/gateway#session-start-limit-object */
export interface SessionStartLimit {
  readonly total: number;
  readonly remaining: number;
  readonly reset_after: number;
  readonly max_concurrency: number;
}

interface Day {
  readonly since: number;
  used: number;
}

/** How often an application may identify: once per bucket and window (5 s at Discord), and 1,000 times a day. */
export class SessionStarts {
  readonly #windowMs: number;
  readonly #total: number;
  readonly #maxConcurrency: number;
  readonly #now: () => number;
  readonly #days = new Map<string, Day>();
  readonly #last = new Map<string, number>();

  constructor(rules: {
    readonly windowMs: number;
    readonly total: number;
    readonly maxConcurrency: number;
    readonly now?: () => number;
  }) {
    this.#windowMs = rules.windowMs;
    this.#total = rules.total;
    this.#maxConcurrency = rules.maxConcurrency;
    this.#now = rules.now ?? Date.now;
  }

  limit(applicationId: string): SessionStartLimit {
    const day = this.#day(applicationId);
    return {
      total: this.#total,
      remaining: Math.max(0, this.#total - day.used),
      reset_after: Math.max(0, day.since + DAY_MS - this.#now()),
      max_concurrency: this.#maxConcurrency,
    };
  }

  /** Counts one identify. `too-soon`: the bucket's window is not over. `spent`: no start is left today. */
  take(applicationId: string, shardId: number): 'granted' | 'too-soon' | 'spent' {
    const bucket = `${applicationId}:${shardId % this.#maxConcurrency}`;
    const last = this.#last.get(bucket);
    if (last !== undefined && this.#now() - last < this.#windowMs) return 'too-soon';
    const day = this.#day(applicationId);
    if (day.used >= this.#total) return 'spent';
    day.used += 1;
    this.#last.set(bucket, this.#now());
    return 'granted';
  }

  #day(applicationId: string): Day {
    const known = this.#days.get(applicationId);
    if (known && this.#now() - known.since < DAY_MS) return known;
    const fresh = { since: this.#now(), used: 0 };
    this.#days.set(applicationId, fresh);
    return fresh;
  }
}
