/** Counts what happened in the last `windowMs`, so that no chain of reactions goes on without end. */
export class SlidingWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  /** The newest `limit` times: what came before them can hold nothing up any more. */
  readonly #at: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Milliseconds until `count` more are within the limit; 0 when they are now. More than the limit wait for all to be over. */
  waitMs(count: number, now: number): number {
    const before = this.#at.at(Math.min(count, this.#limit) - this.#limit - 1);
    if (before === undefined) return 0;
    // A clock that was set back holds nobody up for longer than a window.
    return Math.min(this.#windowMs, Math.max(0, before + this.#windowMs - now));
  }

  /** Milliseconds until the last of `count` more is within the limit, when each goes as soon as it may. */
  lastMs(count: number, now: number): number {
    const rest = ((count - 1) % this.#limit) + 1;
    return ((count - rest) / this.#limit) * this.#windowMs + this.waitMs(rest, now);
  }

  /** Counts `count`, which may be above the limit. */
  note(now: number, count = 1): void {
    for (let n = 0; n < count; n += 1) this.#at.push(now);
    this.#at.splice(0, this.#at.length - this.#limit);
  }
}
