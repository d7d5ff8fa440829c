import { TenutoError } from '../lib/errors.ts';
import { sleep } from '../lib/time.ts';
import { HttpStatusError } from './http-client.ts';
import { retryAfterMs } from './resumable-remedy.ts';

/** Waits between tries to reach the server of a list's pieces: a live stream goes on behind a line that was down. */
const RETRIES_MS = [200, 500, 1_000, 2_000, 4_000];
/** The most that a server may ask for. */
const MAX_RETRY_AFTER_MS = 10_000;

/** Tries again where there was no way to the server, the connection to it broke, or it had too much to do. */
export async function patiently<T>(signal: AbortSignal, get: () => Promise<T>): Promise<T> {
  for (const retryMs of RETRIES_MS) {
    let waitMs = retryMs;
    try {
      return await get();
    } catch (error) {
      if (!passes(error)) throw error;
      waitMs = Math.max(waitMs, Math.min(retryAfterMs(error), MAX_RETRY_AFTER_MS));
    }
    await sleep(waitMs, signal);
  }
  return get();
}

function passes(error: unknown): boolean {
  if (!(error instanceof TenutoError)) return false;
  if (error.cause instanceof HttpStatusError) return error.cause.status === 429 || error.cause.status >= 500;
  return error.code === 'NETWORK_DOWN' || error.code === 'TRACK_UNAVAILABLE';
}
