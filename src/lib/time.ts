/**
 * The one door through which time enters. Only global timers are used, because fake clocks replace those
 * and neither `node:timers/promises` nor `AbortSignal.timeout`.
 */

/** Resolves after `ms` milliseconds; rejects with the signal's reason, and leaves no timer, when aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Settles as `work` does, or rejects with `late()` after `ms` milliseconds, or with the signal's reason when that is aborted. */
export function within<T>(ms: number, work: Promise<T>, late: () => Error, signal?: AbortSignal): Promise<T> {
  const { promise: alarm, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal?.reason);
  const timer = setTimeout(() => reject(late()), ms);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return Promise.race([work, alarm]).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  });
}

/** Acts after `ms` milliseconds, unless `life` ends before. */
export function later(ms: number, life: AbortSignal, act: () => void): void {
  if (life.aborted) return;
  const timer = setTimeout(act, ms);
  life.addEventListener('abort', () => clearTimeout(timer), { once: true });
}

/** Acts every `ms` milliseconds until `life` ends. */
export function every(ms: number, life: AbortSignal, act: () => void): void {
  if (life.aborted) return;
  const timer = setInterval(act, ms);
  life.addEventListener('abort', () => clearInterval(timer), { once: true });
}
