import { createHash } from 'node:crypto';

/** How many requests share a bucket in which time. */
export interface Limit {
  readonly name: string;
  readonly requests: number;
  readonly perMs: number;
}

/**
 * Discord does not document its limits, it sends them in headers. These are the values that its headers commonly showed;
 * what matters is that a client reads them from there.
 */
export const LIMITS = {
  messageSend: { name: 'message-send', requests: 5, perMs: 5_000 },
  messageEdit: { name: 'message-edit', requests: 5, perMs: 5_000 },
  messageDelete: { name: 'message-delete', requests: 5, perMs: 1_000 },
  messageRead: { name: 'message-read', requests: 5, perMs: 1_000 },
  channel: { name: 'channel', requests: 5, perMs: 5_000 },
  voiceStatus: { name: 'voice-status', requests: 5, perMs: 5_000 },
  guild: { name: 'guild', requests: 5, perMs: 5_000 },
  commandsRead: { name: 'commands-read', requests: 5, perMs: 5_000 },
  commandsWrite: { name: 'commands-write', requests: 5, perMs: 20_000 },
  webhook: { name: 'webhook', requests: 5, perMs: 2_000 },
  self: { name: 'self', requests: 5, perMs: 5_000 },
  gateway: { name: 'gateway', requests: 2, perMs: 5_000 },
} as const satisfies Record<string, Limit>;

/** https://discord.com/developers/docs/topics/rate-limits#global-rate-limit */
const GLOBAL: Limit = { name: 'global', requests: 50, perMs: 1_000 };
const PURGE_ABOVE = 1_000;

interface Window {
  readonly resetsAt: number;
  readonly limit: Limit;
  used: number;
}

/** What one request was told: it may pass, or how long it is to wait and whose limit it met. */
export interface Verdict {
  readonly allowed: boolean;
  readonly retryAfterMs: number;
  readonly global: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** The buckets of everybody: fixed windows that begin with their first request. */
export class RateLimits {
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a request of `who` against the global limit (`who` null: exempt) and against its bucket (null: it has none). */
  take(who: string | null, bucket: { readonly limit: Limit; readonly major: string } | null): Verdict {
    if (who !== null) {
      const window = this.#window(`global:${who}`, GLOBAL);
      if (window.used > window.limit.requests) return this.#refusal(window, { 'x-ratelimit-global': 'true' }, true);
    }
    if (bucket === null) return { allowed: true, retryAfterMs: 0, global: false, headers: {} };
    const window = this.#window(`${bucket.limit.name}:${bucket.major}:${who ?? ''}`, bucket.limit);
    const headers = this.#headers(window);
    return window.used > window.limit.requests
      ? this.#refusal(window, headers, false)
      : { allowed: true, retryAfterMs: 0, global: false, headers };
  }

  #window(key: string, limit: Limit): Window {
    const now = this.#now();
    if (this.#windows.size > PURGE_ABOVE) {
      for (const [old, { resetsAt }] of this.#windows) if (resetsAt <= now) this.#windows.delete(old);
    }
    const current = this.#windows.get(key);
    const window = current && current.resetsAt > now ? current : { resetsAt: now + limit.perMs, limit, used: 0 };
    window.used += 1;
    this.#windows.set(key, window);
    return window;
  }

  #headers({ limit, used, resetsAt }: Window): Record<string, string> {
    return {
      'x-ratelimit-limit': String(limit.requests),
      'x-ratelimit-remaining': String(Math.max(0, limit.requests - used)),
      'x-ratelimit-reset': seconds(resetsAt),
      'x-ratelimit-reset-after': seconds(resetsAt - this.#now()),
      'x-ratelimit-bucket': createHash('md5').update(limit.name).digest('hex'),
    };
  }

  #refusal({ resetsAt }: Window, headers: Record<string, string>, global: boolean): Verdict {
    const retryAfterMs = resetsAt - this.#now();
    const scope = {
      'x-ratelimit-scope': global ? 'global' : 'user',
      'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
    };
    return { allowed: false, retryAfterMs, global, headers: { ...headers, ...scope } };
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);
