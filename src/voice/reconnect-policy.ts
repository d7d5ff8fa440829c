/** How often and how fast a lost voice connection is made again. Times in milliseconds. */
export interface ReconnectPolicy {
  /** Tries before a cool-down. */
  readonly attempts: number;
  /** Before the first try of a lone failure. */
  readonly firstDelayMs: number;
  /** Before the second try; each later one waits twice as long as the one before it. */
  readonly baseDelayMs: number;
  readonly capMs: number;
  /** 0.3: up to 30 % less or more, applied after the cap, so that a herd spreads there too. */
  readonly jitter: number;
  /** One cool-down after the other, each ended by a single try; the last one repeats. */
  readonly cooldownsMs: readonly number[];
  /** Cool-downs in a row before giving up. */
  readonly maxCooldowns: number;
  /** A connection that held this long makes everything before it forgotten. */
  readonly stableAfterMs: number;
  /** Op 4 a minute and guild, leaving included. Discord counts 120 gateway messages a minute for a whole shard. */
  readonly sendsPerMinute: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export const DEFAULT_POLICY: ReconnectPolicy = {
  attempts: 5,
  firstDelayMs: 0,
  baseDelayMs: SECOND,
  capMs: 5 * MINUTE,
  jitter: 0.3,
  cooldownsMs: [30 * SECOND, 2 * MINUTE, 5 * MINUTE],
  maxCooldowns: 12,
  stableAfterMs: 10 * MINUTE,
  sendsPerMinute: 5,
};

/** What a guild has tried since its voice was last stable. */
export interface Episode {
  readonly attempts: number;
  readonly cooldowns: number;
  /** When the connection became ready; null while there is none. */
  readonly readyAt: number | null;
  /** Nothing is tried before; 0 when there is no cool-down. Milliseconds since 1970. */
  readonly quietUntil: number;
}

export const NO_EPISODE: Episode = { attempts: 0, cooldowns: 0, readyAt: null, quietUntil: 0 };

/** What to do about a lost connection. */
export type Step =
  | { readonly kind: 'try'; readonly delayMs: number; readonly episode: Episode }
  | { readonly kind: 'cool-down'; readonly delayMs: number; readonly episode: Episode }
  | { readonly kind: 'give-up' };

/** The wait before try `n` (from 0), or null when it is time to cool down. */
export function attemptDelay(policy: ReconnectPolicy, n: number, random: () => number): number | null {
  if (n >= policy.attempts) return null;
  if (n === 0) return policy.firstDelayMs;
  return jittered(policy, Math.min(policy.capMs, policy.baseDelayMs * 2 ** (n - 1)), random);
}

/** The length of cool-down `n` (from 0), or null when it is time to give up. Never shorter than the policy says. */
export function cooldownDelay(policy: ReconnectPolicy, n: number, random: () => number): number | null {
  const base = policy.cooldownsMs[Math.min(n, policy.cooldownsMs.length - 1)];
  if (base === undefined || n >= policy.maxCooldowns) return null;
  return Math.round(base * (1 + policy.jitter * random()));
}

/**
 * How urgent the next try is: `at-once` as the policy has it, `careful` never at once, because nobody knows what happened,
 * `cool-down` not before a cool-down, because Discord asked for it.
 */
export type Manner = 'at-once' | 'careful' | 'cool-down';

/** A connection was lost or not made: what now? */
export function nextStep(
  policy: ReconnectPolicy,
  before: Episode,
  {
    now,
    random,
    manner = 'at-once',
  }: { readonly now: number; readonly random: () => number; readonly manner?: Manner },
): Step {
  const stable = before.readyAt !== null && now - before.readyAt >= policy.stableAfterMs;
  const { attempts, cooldowns } = stable ? NO_EPISODE : before;
  // As if one try more had failed.
  const place = manner === 'careful' ? Math.min(attempts + 1, policy.attempts - 1) : attempts;
  const delayMs = manner === 'cool-down' || attempts >= policy.attempts ? null : attemptDelay(policy, place, random);
  if (delayMs !== null) {
    return { kind: 'try', delayMs, episode: { attempts: attempts + 1, cooldowns, readyAt: null, quietUntil: 0 } };
  }
  const cooldownMs = cooldownDelay(policy, cooldowns, random);
  if (cooldownMs === null) return { kind: 'give-up' };
  // After a cool-down one try probes; when it fails, the next cool-down follows at once.
  const probing = { attempts: policy.attempts, cooldowns: cooldowns + 1, readyAt: null };
  return { kind: 'cool-down', delayMs: cooldownMs, episode: { ...probing, quietUntil: now + cooldownMs } };
}

function jittered(policy: ReconnectPolicy, delayMs: number, random: () => number): number {
  return Math.round(delayMs * (1 - policy.jitter + 2 * policy.jitter * random()));
}
