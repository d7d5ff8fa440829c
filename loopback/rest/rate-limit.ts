import { createHash } from 'node:crypto';
import type { Decision } from './api.ts';
import type { Answer } from './route.ts';

/** How many requests a bucket takes in which time. Every route has a bucket for each of its major parameters. */
export interface Limit {
  readonly requests: number;
  readonly perMs: number;
}

/**
 * Discord does not document its limits, it sends them in headers. These are the values that its headers commonly showed;
 * what matters is that a client reads them from there.
 */
export const LIMITS = {
  messageSend: { requests: 5, perMs: 5_000 },
  messageEdit: { requests: 5, perMs: 5_000 },
  messageDelete: { requests: 5, perMs: 1_000 },
  messageRead: { requests: 5, perMs: 1_000 },
  channel: { requests: 5, perMs: 5_000 },
  voiceStatus: { requests: 5, perMs: 5_000 },
  guild: { requests: 5, perMs: 5_000 },
  commandsRead: { requests: 5, perMs: 5_000 },
  commandsWrite: { requests: 5, perMs: 20_000 },
  webhook: { requests: 5, perMs: 2_000 },
  self: { requests: 5, perMs: 5_000 },
  gateway: { requests: 2, perMs: 5_000 },
} as const satisfies Record<string, Limit>;

/** https://discord.com/developers/docs/topics/rate-limits#global-rate-limit */
const GLOBAL: Limit = { requests: 50, perMs: 1_000 };
const PURGE_ABOVE = 1_000;

interface Window {
  readonly resetsAt: number;
  readonly limit: Limit;
  readonly bucket: string;
  used: number;
}

/** What one request was told: it may pass, or how long it is to wait and whose limit it met. */
export interface Verdict {
  readonly allowed: boolean;
  readonly retryAfterMs: number;
  readonly global: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whose limit was met: the bot's own of a route, one that all bots share, or the bot's over all routes. */
export type Scope = 'user' | 'shared' | 'global';

/** A refusal in Discord's place, for a limit that no bucket here has. */
export function tooManyRequests(retryAfterMs: number, scope: Scope): Decision {
  const isGlobal = scope === 'global';
  const resource = {
    'x-ratelimit-limit': '5',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': seconds(Date.now() + retryAfterMs),
    'x-ratelimit-reset-after': seconds(retryAfterMs),
    'x-ratelimit-bucket': bucketName(`fault of scope ${scope}`),
  };
  return {
    headers: { ...(isGlobal ? { 'x-ratelimit-global': 'true' } : resource), ...scopeHeaders(retryAfterMs, scope) },
    answer: refusal(retryAfterMs, scope),
  };
}

/** The answer to a request that met a limit. */
export const refusal = (retryAfterMs: number, scope: Scope): Answer => ({
  status: 429,
  body: {
    message: scope === 'shared' ? 'The resource is being rate limited.' : 'You are being rate limited.',
    retry_after: retryAfterMs / 1_000,
    global: scope === 'global',
  },
});

/** The buckets of everybody: fixed windows that begin with their first request. */
export class RateLimits {
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a request of `who` against the global limit (`who` null: exempt) and against its bucket (null: it has none). */
  take(
    who: string | null,
    bucket: { readonly limit: Limit; readonly route: string; readonly major: string } | null,
  ): Verdict {
    if (who !== null) {
      const window = this.#window('global', who, GLOBAL);
      if (window.used > window.limit.requests) return this.#refusal(window, { 'x-ratelimit-global': 'true' }, true);
    }
    if (bucket === null) return { allowed: true, retryAfterMs: 0, global: false, headers: {} };
    const window = this.#window(bucket.route, `${bucket.major}:${who ?? ''}`, bucket.limit);
    const headers = this.#headers(window);
    return window.used > window.limit.requests
      ? this.#refusal(window, headers, false)
      : { allowed: true, retryAfterMs: 0, global: false, headers };
  }

  #window(bucket: string, whose: string, limit: Limit): Window {
    const key = `${bucket}:${whose}`;
    const now = this.#now();
    if (this.#windows.size > PURGE_ABOVE) {
      for (const [old, { resetsAt }] of this.#windows) if (resetsAt <= now) this.#windows.delete(old);
    }
    const current = this.#windows.get(key);
    const window =
      current && current.resetsAt > now ? current : { resetsAt: now + limit.perMs, limit, bucket, used: 0 };
    window.used += 1;
    this.#windows.set(key, window);
    return window;
  }

  #headers({ limit, bucket, used, resetsAt }: Window): Record<string, string> {
    return {
      'x-ratelimit-limit': String(limit.requests),
      'x-ratelimit-remaining': String(Math.max(0, limit.requests - used)),
      'x-ratelimit-reset': seconds(resetsAt),
      'x-ratelimit-reset-after': seconds(resetsAt - this.#now()),
      'x-ratelimit-bucket': bucketName(bucket),
    };
  }

  #refusal({ resetsAt }: Window, headers: Record<string, string>, global: boolean): Verdict {
    const retryAfterMs = resetsAt - this.#now();
    const scope = scopeHeaders(retryAfterMs, global ? 'global' : 'user');
    return { allowed: false, retryAfterMs, global, headers: { ...headers, ...scope } };
  }
}

const bucketName = (bucket: string): string => createHash('md5').update(bucket).digest('hex');

const scopeHeaders = (retryAfterMs: number, scope: Scope) => ({
  'x-ratelimit-scope': scope,
  'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
});

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);
