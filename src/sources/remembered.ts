export interface RememberedOptions {
  readonly most: number;
  readonly freshMs: number;
  readonly now?: (() => number) | undefined;
}

/** Answers that are kept for a while, in memory and within bounds: the oldest goes first. */
export class Remembered<T> {
  readonly #options: RememberedOptions;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly value: T; readonly until: number }>();

  constructor(options: RememberedOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Undefined when nothing is known, or not any more. */
  get(key: string): T | undefined {
    const kept = this.#kept.get(key);
    return kept && kept.until > this.#now() ? kept.value : undefined;
  }

  keep(key: string, value: T): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, until: this.#now() + this.#options.freshMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#options.most && oldest !== undefined) this.#kept.delete(oldest);
  }
}
