const LOOK_EVERY_MS = 20;

/**
 * Resolves with the first result of `look` that is neither undefined, null nor false, or rejects after `deadlineMs`
 * milliseconds with what was missed. It looks at once and then every 20 ms, because what is waited for (a command registered,
 * a packet heard, an answer read) has no common event.
 */
export function until<T>(
  what: string,
  look: () => T | undefined | null | false,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  return new Promise((resolve, reject) => {
    const glance = (): void => {
      try {
        const found = look();
        if (found !== undefined && found !== null && found !== false) return resolve(found);
      } catch (error) {
        return reject(error instanceof Error ? error : new Error(String(error)));
      }
      if (signal?.aborted) return reject(new Error(`nobody waits for ${what} any more`));
      if (performance.now() >= end) return reject(new Error(`${what} did not come within ${deadlineMs} ms`));
      setTimeout(glance, LOOK_EVERY_MS);
    };
    glance();
  });
}
