import { toTenutoError, type ErrorCode, type TenutoError } from '../lib/errors.ts';
import { isLinkRefused } from '../sources/extraction-ways.ts';
import { HttpStatusError } from '../sources/http-client.ts';
import { retryAfterMs } from '../sources/resumable-remedy.ts';

/** What to do about a track that would not play. */
export type Recovery =
  /** Go on where it stopped; `anew`: where its bytes were is not to be trusted any more. */
  | { readonly kind: 'again'; readonly afterMs: number; readonly anew: boolean }
  /** No track of the queue is to blame: keep everything, tell people, and try again later. */
  | { readonly kind: 'hold'; readonly afterMs: number }
  /** Let the next one play; `told`: people missed something. */
  | { readonly kind: 'next'; readonly told: boolean }
  /** Pause until a person comes. */
  | { readonly kind: 'give-up' };

/** How a track failed. */
export interface TrackFailure {
  readonly entryId: string;
  readonly thrown: unknown;
  /** Milliseconds that were heard since the last try. */
  readonly heardMs: number;
  /** What is left of it in milliseconds; null when that is not known. */
  readonly leftMs: number | null;
}

interface Rule {
  /** How often, and after how long, the same track is tried again at the place where it stopped. */
  readonly waitsMs: readonly number[];
  /** The link to its bytes may be what is wrong. */
  readonly anew: boolean;
  readonly afterwards: 'next' | 'give-up' | 'hold';
}

/** What is not named here is the track's own fault and gets no second try. */
const RULES: Partial<Record<ErrorCode, Rule>> = {
  TRACK_UNAVAILABLE: { waitsMs: [0], anew: true, afterwards: 'next' },
  EXTRACTION_TIMED_OUT: { waitsMs: [0], anew: false, afterwards: 'next' },
  UNEXPECTED: { waitsMs: [0], anew: true, afterwards: 'next' },
  // No track of the queue is to blame, so none is skipped.
  NETWORK_DOWN: { waitsMs: [1_000, 5_000, 15_000], anew: false, afterwards: 'hold' },
  SITE_BLOCKED: { waitsMs: [], anew: false, afterwards: 'hold' },
  EXTRACTOR_MISSING: { waitsMs: [], anew: false, afterwards: 'give-up' },
};
const NO_SECOND_TRY: Rule = { waitsMs: [], anew: true, afterwards: 'next' };
/** The site gives out links that its own servers refuse: each try asks it in another way (extraction-ways.ts). */
const LINK_REFUSED: Rule = { waitsMs: [0, 1_000], anew: true, afterwards: 'next' };
/** The server knows the track, and has too much to do. */
const BUSY: Rule = { waitsMs: [], anew: false, afterwards: 'hold' };

/** What a server said counts more than what the code says of all of its kind. */
function ruleOf(error: TenutoError): Rule {
  if (isLinkRefused(error)) return LINK_REFUSED;
  const busy = error.cause instanceof HttpStatusError && (error.cause.status === 429 || error.cause.retryAfterMs > 0);
  return busy ? BUSY : (RULES[error.code] ?? NO_SECOND_TRY);
}

/** When it is worth another try, milliseconds since 1970; null when nobody said. */
const retryAtOf = (error: TenutoError, now: number) =>
  error.retryAt ?? (retryAfterMs(error) > 0 ? now + retryAfterMs(error) : null);

/** A try that was heard for this long was worth it: everything is counted anew. Less could go on for ever. */
const PROGRESS_MS = 10_000;
/** So little that is left is not worth the pause of another try. */
const NEARLY_OVER_MS = 2_000;
/** This many tracks in a row that were hardly heard mean that the tracks are not to blame. */
const GIVE_UP_AFTER = 5;
/** A track that breaks again and again, each time after a while, is tried so often in so long. */
const MOST_TRIES = 10;
const TRIES_WITHIN_MS = 10 * 60_000;
/** The waits of a hold, where nobody said when to come back; the last one is repeated. */
const HOLDS_MS = [30_000, 60_000, 120_000, 300_000] as const;
const SHORTEST_HOLD_MS = 1_000;
const LONGEST_HOLD_MS = 10 * 60_000;
/** Many guilds that wait for the same site do not come back in the same moment. */
const SPREAD_MS = 2_000;
/** Whoever has not come back by then does not wait for the music any more. */
const HELD_FOR_MS = 2 * 60 * 60_000;
/** A site that turns everybody away is asked more and more rarely: so often in so long, it turns away only this track. */
const MOST_ASKED = 8;
const ASKED_WITHIN_MS = 15 * 60_000;
/** What begins so soon is waited for. */
const SOON_MS = 60_000;

/** ErrorRecovery: counts one guild's failures and says what follows. */
export class ErrorRecovery {
  readonly #now: () => number;
  readonly #random: () => number;
  #entryId = '';
  #tries = 0;
  /** When the entry was tried again. */
  #triedAt: readonly number[] = [];
  /** When its site was asked for the entry, and turned it away. */
  #askedAt: readonly number[] = [];
  #failedInARow = 0;
  #hold: { readonly since: number; readonly times: number } | null = null;

  constructor(now: () => number = Date.now, random: () => number = Math.random) {
    this.#now = now;
    this.#random = random;
  }

  /** The verdict on this failure. */
  judge({ entryId, thrown, heardMs, leftMs }: TrackFailure): Recovery {
    if (heardMs >= PROGRESS_MS) this.clear();
    if (entryId !== this.#entryId) {
      this.#tries = 0;
      this.#triedAt = [];
      this.#askedAt = [];
    }
    this.#entryId = entryId;
    if (leftMs !== null && leftMs < NEARLY_OVER_MS && heardMs > 0) return { kind: 'next', told: false };
    const error = toTenutoError(thrown);
    const { code, cause } = error;
    const retryAt = retryAtOf(error, this.#now());
    if (code === 'TRACK_NOT_YET' && retryAt !== null && retryAt - this.#now() < SOON_MS) return this.#wait(retryAt);
    const { waitsMs, anew, afterwards } = ruleOf(error);
    const afterMs = waitsMs[this.#tries];
    if (afterMs !== undefined && this.#mayTry()) return { kind: 'again', afterMs, anew };
    // Without a cause nobody was asked: the site is left alone.
    const single = code !== 'NETWORK_DOWN' && cause !== undefined && afterwards === 'hold' && this.#isSingledOut();
    if (afterwards === 'hold' && !single) return this.#wait(retryAt);
    this.#failedInARow += 1;
    return this.#failedInARow >= GIVE_UP_AFTER || afterwards === 'give-up'
      ? { kind: 'give-up' }
      : { kind: 'next', told: true };
  }

  /** A track was heard, or a person took over. */
  clear(): void {
    this.#failedInARow = 0;
    this.#tries = 0;
    this.#askedAt = [];
    this.#hold = null;
  }

  #isSingledOut(): boolean {
    const now = this.#now();
    this.#askedAt = [...this.#askedAt.filter((at) => now - at < ASKED_WITHIN_MS), now];
    return this.#askedAt.length >= MOST_ASKED;
  }

  #mayTry(): boolean {
    const now = this.#now();
    this.#tries += 1;
    this.#triedAt = [...this.#triedAt.filter((at) => now - at < TRIES_WITHIN_MS), now];
    return this.#triedAt.length <= MOST_TRIES;
  }

  #wait(retryAt: number | null): Recovery {
    const now = this.#now();
    const { since, times } = this.#hold ?? { since: now, times: 0 };
    if (now - since >= HELD_FOR_MS) return { kind: 'give-up' };
    this.#hold = { since, times: times + 1 };
    const usual = HOLDS_MS[Math.min(times, HOLDS_MS.length - 1)] ?? LONGEST_HOLD_MS;
    const waitMs = retryAt === null ? usual : Math.max(SHORTEST_HOLD_MS, retryAt - now);
    const spreadMs = Math.round(SPREAD_MS * this.#random());
    return { kind: 'hold', afterMs: Math.min(LONGEST_HOLD_MS, waitMs) + spreadMs };
  }
}
