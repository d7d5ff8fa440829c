import type { Store } from '../storage/store.ts';

/** Keeps the number of keys under a prefix of a store within bounds: the longest untouched goes first. */
export class BoundedKeys {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #most: number;
  #known: Promise<Set<string>> | null = null;

  constructor(store: Store, prefix: string, most: number) {
    this.#store = store;
    this.#prefix = prefix;
    this.#most = most;
  }

  /** Call when a key has been written. Rejects when the store does. */
  async touched(key: string): Promise<void> {
    // Of what an earlier process wrote, the order is not known.
    this.#known ??= this.#store.keys(this.#prefix).then((keys) => new Set(keys));
    const known = await this.#known.catch((error: unknown) => {
      this.#known = null;
      throw error;
    });
    known.delete(key);
    known.add(key);
    const beyond = Math.max(0, known.size - this.#most);
    if (beyond === 0) return;
    const oldest = [...known].slice(0, beyond);
    for (const one of oldest) known.delete(one);
    await this.#store.deleteMany(oldest);
  }
}
