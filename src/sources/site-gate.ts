import { TenutoError } from '../lib/errors.ts';
import { formatSpan } from '../lib/format.ts';
import { sleep } from '../lib/time.ts';
import type { Flight } from './single-flight.ts';
import { TokenBuckets, type Rate } from './token-bucket.ts';

/** YouTube lets a guest look at about 300 videos an hour. A playlist's beginning and a few people at once are no wait. */
const SITE_RATE: Rate = { burst: 30, everyMs: 12_000 };
const PERSON_RATE: Rate = { burst: 8, everyMs: 8_000 };
/** What is done ahead leaves as many tokens to people. */
const RESERVE = 15;
/** People wait no longer; who works ahead may. */
const PATIENCE_MS = { now: 15_000, ahead: 600_000 } as const;
/** How often it is looked whether somebody has come to need what was to be done ahead. */
const LOOK_MS = 1_000;

export interface SiteGateParts {
  readonly site?: Rate;
  readonly person?: Rate;
  readonly now?: () => number;
}

/** How often a site is asked, and how often a person may have something looked up. */
export class SiteGate {
  readonly #sites: TokenBuckets;
  readonly #people: TokenBuckets;
  readonly #now: () => number;

  constructor({ site = SITE_RATE, person = PERSON_RATE, now = Date.now }: SiteGateParts = {}) {
    this.#sites = new TokenBuckets(site, now);
    this.#people = new TokenBuckets(person, now);
    this.#now = now;
  }

  /** Throws ASKED_TOO_FAST when this person has had much looked up just now. */
  admit(userId: string): void {
    const waitMs = this.#people.take(userId);
    if (waitMs > 0) throw new TenutoError('ASKED_TOO_FAST', formatSpan(waitMs), { retryAt: this.#now() + waitMs });
  }

  /** Waits for this site's next turn. Throws SITE_BLOCKED when that is too long a wait. */
  async enter(site: string, flight: Flight): Promise<void> {
    const began = this.#now();
    for (;;) {
      const { signal, urgency } = flight;
      signal.throwIfAborted();
      const waitMs = this.#sites.take(site, urgency === 'ahead' ? RESERVE : 0);
      if (waitMs === 0) return;
      if (this.#now() + waitMs - began > PATIENCE_MS[urgency]) {
        const retryAt = this.#now() + waitMs;
        throw new TenutoError('SITE_BLOCKED', 'I have asked it as often as I may', { retryAt });
      }
      await sleep(Math.min(waitMs, LOOK_MS), signal);
    }
  }
}
