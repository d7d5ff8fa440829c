import { TenutoError } from '../lib/errors.ts';
import { rowOf, type ExtractionFailure, type FailureClass } from './yt-dlp-errors.ts';

/** The wait before each look whether the site answers again; the last one is repeated. */
const WAITS_MS = [15_000, 30_000, 60_000, 120_000, 300_000, 600_000] as const;
/** Who comes while another looks comes back after that. */
const LOOKING_MS = 5_000;
/** The most sites that are remembered. */
const MOST = 1_000;

interface Site {
  /** What was to blame for it in a row, the latest last. */
  readonly failures: readonly FailureClass[];
  /** Nobody asks before then, milliseconds since 1970; null: it may be asked. */
  readonly closedUntil: number | null;
  readonly waits: number;
  /** Somebody is asking whether it answers again. */
  readonly looking: boolean;
  /** What the operator was told. */
  readonly told: ReadonlySet<FailureClass>;
}

const FINE: Site = { failures: [], closedUntil: null, waits: 0, looking: false, told: new Set() };

/** What an operator is told of a site: `hint` is what can be done about it. */
export interface SiteTrouble {
  readonly site: string;
  readonly class: FailureClass;
  readonly hint: string;
}

export interface SiteBreakerParts {
  /** Told once for each site and class, until the site answers again. */
  readonly trouble?: ((trouble: SiteTrouble) => void) | undefined;
  readonly now?: () => number;
}

/** A breaker for each site: one that turns everybody away is left alone, but for one look at a time whether it answers again. */
export class SiteBreaker {
  readonly #trouble: (trouble: SiteTrouble) => void;
  readonly #now: () => number;
  readonly #sites = new Map<string, Site>();

  constructor({ trouble = () => undefined, now = Date.now }: SiteBreakerParts = {}) {
    this.#trouble = trouble;
    this.#now = now;
  }

  /** Asks the site, if it may be asked. Throws SITE_BLOCKED with the time when to come back where it may not. */
  async ask<T>(site: string, question: () => Promise<T>): Promise<T> {
    const looks = this.#enter(site);
    try {
      return await question();
    } finally {
      // Whoever gave up has found nothing out, so the next one may look.
      if (looks && this.#at(site).looking) this.#set(site, { ...this.#at(site), looking: false });
    }
  }

  /** The site answered, be it with a no. */
  answered(site: string): void {
    this.#sites.delete(site);
  }

  /** The site failed. Returns the error for whoever asked: what the whole site does is not told as the track's own fault. */
  failed(site: string, failure: ExtractionFailure): TenutoError {
    const row = rowOf(failure.class);
    const before = this.#at(site);
    const told = new Set([...before.told, failure.class]);
    if (row.operator !== undefined && !before.told.has(failure.class))
      this.#trouble({ site, class: failure.class, hint: row.operator });
    if (row.blocksAfter === undefined) {
      // It answered, though with a no; unless nothing was asked at all.
      if (row.lasting) this.answered(site);
      else this.#set(site, { ...before, told, looking: false });
      return failure.error;
    }
    const failures = [...before.failures, failure.class];
    const blocks = before.closedUntil !== null || failures.length >= row.blocksAfter;
    if (!blocks) {
      this.#set(site, { ...before, failures, told });
      return failure.error;
    }
    // Two may fail at once, when the breaker was closed to both: that is one failure.
    const again = before.closedUntil === null || before.looking;
    const waits = again ? before.waits + 1 : before.waits;
    const closedUntil = again ? this.#now() + Math.max(row.restMs ?? 0, waitMs(waits)) : before.closedUntil;
    this.#set(site, { failures: failures.slice(-row.blocksAfter), closedUntil, waits, looking: false, told });
    return blocked(failure.class, closedUntil, failure.error);
  }

  /** True when the caller is the one who looks whether the site answers again. */
  #enter(site: string): boolean {
    const state = this.#at(site);
    if (state.closedUntil === null) return false;
    const now = this.#now();
    const last = state.failures.at(-1) ?? 'unknown';
    if (state.looking) throw blocked(last, now + LOOKING_MS);
    if (now < state.closedUntil) throw blocked(last, state.closedUntil);
    this.#set(site, { ...state, looking: true });
    return true;
  }

  #at(site: string): Site {
    return this.#sites.get(site) ?? FINE;
  }

  #set(site: string, state: Site): void {
    this.#sites.delete(site);
    this.#sites.set(site, state);
    const [longestUnused] = this.#sites.keys();
    if (this.#sites.size > MOST && longestUnused !== undefined) this.#sites.delete(longestUnused);
  }
}

const waitMs = (waits: number): number => WAITS_MS[Math.min(waits, WAITS_MS.length) - 1] ?? WAITS_MS[0];

function blocked(of: FailureClass, retryAt: number, cause?: unknown): TenutoError {
  const detail = rowOf(of).detail || 'it does not answer in time';
  return new TenutoError('SITE_BLOCKED', SITE_DETAILS[of] ?? detail, { cause, retryAt });
}

/** Where the words for one track do not fit all of a site. */
const SITE_DETAILS: Partial<Record<FailureClass, string>> = {
  refused: 'it lets nobody in from here',
  format: 'it gives no sound that I can play',
  unknown: 'it gives no usable answers',
};
