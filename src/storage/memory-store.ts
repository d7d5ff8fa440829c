import type { Store } from './store.ts';

interface Row {
  readonly json: string;
  readonly expires: number;
}

/** A store that lasts as long as the process. Values are copied in and out, as a real one would. */
export class MemoryStore implements Store {
  readonly #rows = new Map<string, Row>();
  #closed = false;

  async get<T>(key: string): Promise<T | undefined> {
    // The caller names the type of what it stored under this key, as with every store.
    return this.#read(key) as T | undefined;
  }

  async getMany<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    return keys.map((key) => this.#read(key) as T | undefined);
  }

  async set(key: string, value: unknown, ttlMs = Infinity): Promise<void> {
    this.#open().set(key, row(value, Date.now() + ttlMs));
  }

  async setMany(entries: readonly { readonly key: string; readonly value: unknown }[]): Promise<void> {
    const rows = entries.map(({ key, value }) => [key, row(value, Infinity)] as const);
    for (const [key, value] of rows) this.#open().set(key, value);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#open().delete(key);
  }

  async keys(prefix: string): Promise<string[]> {
    return [...this.#open().keys()].filter((key) => key.startsWith(prefix) && this.#living(key) !== undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #read(key: string): unknown {
    const row = this.#living(key);
    return row === undefined ? undefined : JSON.parse(row.json);
  }

  #living(key: string): Row | undefined {
    const row = this.#open().get(key);
    return row !== undefined && row.expires > Date.now() ? row : undefined;
  }

  #open(): Map<string, Row> {
    if (this.#closed) throw new Error('the store is closed');
    return this.#rows;
  }
}

function row(value: unknown, expires: number): Row {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new TypeError('only JSON can be stored');
  return { json, expires };
}
