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
