const WINDOW_MS = 60_000;

/** Counts what was sent in the last minute, so that no chain of reactions can flood the gateway. */
export class SendBudget {
  readonly #perMinute: number;
  #sentAt: number[] = [];

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Milliseconds until `count` more may be sent; 0 when they may now. */
  waitMs(count: number, now: number): number {
    this.#sentAt = this.#sentAt.filter((at) => now - at < WINDOW_MS);
    const surplus = this.#sentAt.length + count - this.#perMinute;
    const freedBy = this.#sentAt[Math.min(surplus, this.#sentAt.length) - 1];
    return surplus <= 0 || freedBy === undefined ? 0 : freedBy + WINDOW_MS - now;
  }

  /** Notes one that was sent. */
  spend(now: number): void {
    this.#sentAt.push(now);
  }
}
