import { TenutoError } from '../lib/errors.ts';
import { HttpStatusError } from './http-client.ts';

/** What may help: the same link once more, a new link to the same thing, or nothing. */
export type Remedy = 'again' | 'refresh' | 'give-up';

/** Another file came than the one whose first bytes were handed out; no byte of it may follow them. */
export class ChangedError extends TenutoError {
  constructor() {
    super('TRACK_UNAVAILABLE', 'it was changed on its server meanwhile');
  }
}

/** Links expire with any of 401, 403, 404 and 410; the others are said by servers that have too much to do. */
const BY_STATUS: Readonly<Record<number, Remedy>> = {
  401: 'refresh',
  403: 'refresh',
  404: 'refresh',
  410: 'refresh',
  408: 'again',
  425: 'again',
  429: 'again',
};

/**
 * What to do about a failed request. While nothing was read yet a person waits, and whoever opens it has tries of its own:
 * only what is over in a moment is tried again then.
 */
export function remedyFor(error: unknown, opening: boolean): Remedy {
  if (error instanceof ChangedError) return 'refresh';
  if (!(error instanceof TenutoError)) return 'give-up';
  if (error.cause instanceof HttpStatusError) {
    const { status } = error.cause;
    return BY_STATUS[status] ?? (status >= 500 ? 'again' : 'give-up');
  }
  if (opening) return isReset(error.cause) ? 'again' : 'give-up';
  return error.code === 'TRACK_UNAVAILABLE' || error.code === 'NETWORK_DOWN' ? 'again' : 'give-up';
}

const isReset = (cause: unknown) => cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET';

/** For how long a server that answered wants to be left alone; 0 when it did not say. */
export const retryAfterMs = (error: unknown): number =>
  error instanceof TenutoError && error.cause instanceof HttpStatusError ? error.cause.retryAfterMs : 0;

/** The wait before try `n` (from 0), half of it left to chance so that many do not come back at once; null: no more tries. */
export function retryDelay(delaysMs: readonly number[], n: number, random = Math.random): number | null {
  const longest = delaysMs[n];
  return longest === undefined ? null : Math.round(longest * (0.5 + random() / 2));
}
