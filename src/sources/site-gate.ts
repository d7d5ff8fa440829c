import { TenutoError } from '../lib/errors.ts';
import { formatSpan } from '../lib/format.ts';
import { sleep } from '../lib/time.ts';
import type { Flight } from './single-flight.ts';
import { TokenBuckets, type Rate } from './token-bucket.ts';

/** How often yt-dlp may be asked, as in the settings. */
export interface ExtractionRates {
  readonly extractionsAtOnce: number;
  /** Of one site. YouTube lets a guest look at about 300 videos an hour. */
  readonly extractionsPerMinute: number;
  readonly extractionsPerMinutePerUser: number;
}

const MINUTE_MS = 60_000;
/** A playlist's beginning and a few people at once are no wait: so many minutes' worth comes at once. */
const SITE_MINUTES = 6;

/** People wait no longer; who works ahead may. */
const PATIENCE_MS = { now: 15_000, ahead: 600_000 } as const;
/** How often it is looked whether somebody has come to need what was to be done ahead. */
const LOOK_MS = 1_000;

export interface SiteGateParts {
  readonly site: Rate;
  readonly person: Rate;
  readonly now?: () => number;
}

/** The rates of a gate: as often in the long run as the settings say. */
export function ratesOf(rates: Omit<ExtractionRates, 'extractionsAtOnce'>): Pick<SiteGateParts, 'site' | 'person'> {
  const { extractionsPerMinute: site, extractionsPerMinutePerUser: person } = rates;
  return {
    site: { burst: SITE_MINUTES * site, everyMs: Math.round(MINUTE_MS / site) },
    person: { burst: person, everyMs: Math.round(MINUTE_MS / person) },
  };
}

/** How often a site is asked, and how often a person may have something looked up. */
export class SiteGate {
  readonly #sites: TokenBuckets;
  readonly #people: TokenBuckets;
  /** What is done ahead leaves as many tokens to people. */
  readonly #reserve: number;
  readonly #now: () => number;

  constructor({ site, person, now = Date.now }: SiteGateParts) {
    this.#reserve = Math.floor(site.burst / 2);
    this.#sites = new TokenBuckets(site, now);
    this.#people = new TokenBuckets(person, now);
    this.#now = now;
  }

  /** Throws ASKED_TOO_FAST when this person has had much looked up just now. */
  admit(userId: string): void {
    const waitMs = this.#people.take(userId);
    if (waitMs > 0) throw new TenutoError('ASKED_TOO_FAST', formatSpan(waitMs), { retryAt: this.#now() + waitMs });
  }

  /** True when the site can be asked once more at once; then it counts as asked. */
  spare(site: string): boolean {
    return this.#sites.take(site, this.#reserve) === 0;
  }

  /** Waits for this site's next turn. Throws SITE_BLOCKED when that is too long a wait. */
  async enter(site: string, flight: Flight): Promise<void> {
    const began = this.#now();
    for (;;) {
      const { signal, urgency } = flight;
      signal.throwIfAborted();
      const waitMs = this.#sites.take(site, urgency === 'ahead' ? this.#reserve : 0);
      if (waitMs === 0) return;
      if (this.#now() + waitMs - began > PATIENCE_MS[urgency]) {
        const retryAt = this.#now() + waitMs;
        throw new TenutoError('SITE_BLOCKED', 'I have asked it as often as I may', { retryAt });
      }
      await sleep(Math.min(waitMs, LOOK_MS), signal);
    }
  }
}
