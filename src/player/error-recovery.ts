import { toTenutoError, type ErrorCode } from '../lib/errors.ts';

/** What to do about a track that would not play. */
export type Recovery = 'again' | 'next';

/** How often the same track is tried again, at the place where it stopped, before the next one gets its turn. */
const RETRIES: Partial<Record<ErrorCode, number>> = {
  TRACK_UNAVAILABLE: 1,
  EXTRACTION_TIMED_OUT: 1,
  UNEXPECTED: 1,
};

/** A try that was heard for this long was worth it: the tries begin anew. Less could go on for ever. */
const PROGRESS_MS = 10_000;

/** This many tracks in a row without a sound mean that the tracks are not to blame. */
const GIVE_UP_AFTER = 5;

/** ErrorRecovery: counts one guild's failures and says what follows. A track that sounded clears the count. */
export class ErrorRecovery {
  #entryId = '';
  #tries = 0;
  #failedInARow = 0;

  /** The verdict on this failure of this entry, of which `heardMs` were heard since the last try. */
  judge(entryId: string, thrown: unknown, heardMs: number): Recovery | 'give-up' {
    if (entryId !== this.#entryId || heardMs >= PROGRESS_MS) this.#tries = 0;
    this.#entryId = entryId;
    this.#tries += 1;
    if (this.#tries <= (RETRIES[toTenutoError(thrown).code] ?? 0)) return 'again';
    this.#failedInARow += 1;
    return this.#failedInARow >= GIVE_UP_AFTER ? 'give-up' : 'next';
  }

  /** A track came to its end, or a person took over. */
  clear(): void {
    this.#failedInARow = 0;
    this.#tries = 0;
  }
}
