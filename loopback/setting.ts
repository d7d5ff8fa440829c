/** A setting over which faults lay values. Of those that were not lifted the newest counts, in whatever order they are lifted. */
export class Setting<T> {
  readonly #base: T;
  readonly #laid = new Set<{ readonly value: T }>();

  constructor(base: T) {
    this.#base = base;
  }

  get value(): T {
    const newest = [...this.#laid].at(-1);
    return newest === undefined ? this.#base : newest.value;
  }

  /** Returns what lifts the value again; doing so twice does nothing. */
  lay(value: T): () => void {
    const laid = { value };
    this.#laid.add(laid);
    return () => void this.#laid.delete(laid);
  }
}
