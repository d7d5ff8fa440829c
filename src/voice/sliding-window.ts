/** Counts what happened in the last `windowMs`, so that no chain of reactions goes on without end. */
export class SlidingWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  #at: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Milliseconds until `count` more are within the limit; 0 when they are now. */
  waitMs(count: number, now: number): number {
    this.#forget(now);
    const surplus = this.#at.length + count - this.#limit;
    const lastToGo = this.#at[Math.min(surplus, this.#at.length) - 1];
    return lastToGo === undefined ? 0 : lastToGo + this.#windowMs - now;
  }

  /** Counts `count` for when they are within the limit, after all that was counted before; returns the milliseconds until then. */
  take(count: number, now: number): number {
    const waitMs = this.waitMs(count, now);
    for (let n = 0; n < count; n += 1) this.note(now + waitMs);
    return waitMs;
  }

  /** Counts one. */
  note(now: number): void {
    this.#forget(now);
    this.#at.push(now);
  }

  #forget(now: number): void {
    this.#at = this.#at.filter((at) => now - at < this.#windowMs);
  }
}
