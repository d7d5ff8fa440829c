import { toTenutoError, type ErrorCode } from '../lib/errors.ts';

/** What to do about a track that would not play: try it again, let the next one play, or wait for a person. */
export type Recovery =
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'next' }
  | { readonly kind: 'give-up' };

interface Rule {
  /** How often, and after how long, the same track is tried again at the place where it stopped. */
  readonly waitsMs: readonly number[];
  readonly afterwards: 'next' | 'give-up';
}

/** What is not named here is the track's own fault and gets no second try. */
const RULES: Partial<Record<ErrorCode, Rule>> = {
  TRACK_UNAVAILABLE: { waitsMs: [0], afterwards: 'next' },
  EXTRACTION_TIMED_OUT: { waitsMs: [0], afterwards: 'next' },
  UNEXPECTED: { waitsMs: [0], afterwards: 'next' },
  // No track of the queue is to blame, so none is skipped.
  NETWORK_DOWN: { waitsMs: [1_000, 5_000, 15_000], afterwards: 'give-up' },
};
const NO_SECOND_TRY: Rule = { waitsMs: [], afterwards: 'next' };

/** A try that was heard for this long was worth it: everything is counted anew. Less could go on for ever. */
const PROGRESS_MS = 10_000;

/** This many tracks in a row that were hardly heard mean that the tracks are not to blame. */
const GIVE_UP_AFTER = 5;

/** ErrorRecovery: counts one guild's failures and says what follows. */
export class ErrorRecovery {
  #entryId = '';
  #tries = 0;
  #failedInARow = 0;

  /** The verdict on this failure of this entry, of which `heardMs` were heard since the last try. */
  judge(entryId: string, thrown: unknown, heardMs: number): Recovery {
    if (heardMs >= PROGRESS_MS) this.clear();
    if (entryId !== this.#entryId) this.#tries = 0;
    this.#entryId = entryId;
    const { waitsMs, afterwards } = RULES[toTenutoError(thrown).code] ?? NO_SECOND_TRY;
    const afterMs = waitsMs[this.#tries];
    this.#tries += 1;
    if (afterMs !== undefined) return { kind: 'again', afterMs };
    this.#failedInARow += 1;
    return { kind: this.#failedInARow >= GIVE_UP_AFTER ? 'give-up' : afterwards };
  }

  /** A track was heard, or a person took over. */
  clear(): void {
    this.#failedInARow = 0;
    this.#tries = 0;
  }
}
