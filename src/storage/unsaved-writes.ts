import { toJson, type Write } from './write.ts';

interface Put {
  readonly json: string;
  readonly expires: number;
  /** The number of its write: what was written at once goes to the disk at once. */
  readonly of: number;
}

/** A part of what waits. Say `done` when it is on the disk: what has not been changed since then waits no more. */
export interface Batch {
  readonly write: Write;
  done(): void;
}

/**
 * Writes that wait for the disk, of each key only the last: however long that takes, they do not outgrow the data itself.
 *
 * They go to the disk in an order of which every beginning is sound: values in the order in which they were last written,
 * so that what names others (the head of a queue names its pages) comes after them; and what was dropped, last, because
 * it was dropped for something newer.
 */
export class UnsavedWrites {
  readonly #limit: number;
  readonly #puts = new Map<string, Put>();
  readonly #deletions = new Set<string>();
  #length = 0;
  #writes = 0;

  /** `limit`: characters of keys and JSON. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keys that wait. */
  get size(): number {
    return this.#puts.size + this.#deletions.size;
  }

  /** Keeps a write, copied. Throws when it cannot be JSON or is more than there is room for; then nothing has changed. */
  add(write: Write): void {
    if (write.type === 'delete') {
      this.#needRoom(write.keys.reduce((sum, key) => sum + key.length, 0));
      for (const key of write.keys) this.#delete(key);
      return;
    }
    const puts = write.entries.map(({ key, value }) => ({ key, json: toJson(value) }));
    this.#writes += 1;
    this.#needRoom(puts.reduce((sum, { key, json }) => sum + key.length + json.length, 0));
    for (const { key, json } of puts) this.#put(key, { json, expires: write.expires, of: this.#writes });
  }

  /** What a reader finds under a key: undefined when nothing waits for it, and a value of undefined when it is gone. */
  look(key: string): { readonly value: unknown } | undefined {
    const put = this.#puts.get(key);
    if (put !== undefined) return { value: put.expires > Date.now() ? JSON.parse(put.json) : undefined };
    return this.#deletions.has(key) ? { value: undefined } : undefined;
  }

  /** The keys of all that waits, and whether there is something under them. */
  keys(): ReadonlyMap<string, boolean> {
    const now = Date.now();
    const gone = Array.from(this.#deletions, (key) => [key, false] as const);
    return new Map([...gone, ...Array.from(this.#puts, ([key, { expires }]) => [key, expires > now] as const)]);
  }

  /** What goes to the disk next, of at most `length` characters but always a whole write; null when nothing waits. */
  next(length: number): Batch | null {
    const now = Date.now();
    const batch: [key: string, put: Put][] = [];
    let taken = 0;
    for (const [key, put] of this.#puts) {
      if (put.expires <= now) {
        this.#delete(key);
        continue;
      }
      // What expires has a moment of its own, and so is a write of its own.
      const apart = put.expires !== Infinity || batch[0]?.[1].expires !== Infinity;
      taken += key.length + put.json.length;
      const isNext = batch.length > 0 && batch.at(-1)?.[1].of !== put.of;
      if (isNext && (apart || taken > length)) break;
      batch.push([key, put]);
    }
    return batch.length > 0 ? this.#putting(batch) : this.#deleting(length);
  }

  #putting(batch: readonly [key: string, put: Put][]): Batch {
    const entries = batch.map(([key, { json }]) => ({ key, value: JSON.parse(json) as unknown }));
    const done = () => {
      for (const [key, put] of batch) if (this.#puts.get(key) === put) this.#forget(key);
    };
    return { write: { type: 'put', entries, expires: batch[0]?.[1].expires ?? Infinity }, done };
  }

  #deleting(length: number): Batch | null {
    const keys: string[] = [];
    let taken = 0;
    for (const key of this.#deletions) {
      taken += key.length;
      if (keys.length > 0 && taken > length) break;
      keys.push(key);
    }
    const done = () => {
      for (const key of keys) if (this.#deletions.has(key)) this.#forget(key);
    };
    return keys.length === 0 ? null : { write: { type: 'delete', keys }, done };
  }

  #needRoom(length: number): void {
    if (this.#length + length > this.#limit) throw new Error('too much waits to be saved already');
  }

  #put(key: string, put: Put): void {
    this.#forget(key);
    this.#puts.set(key, put);
    this.#length += key.length + put.json.length;
  }

  #delete(key: string): void {
    this.#forget(key);
    this.#deletions.add(key);
    this.#length += key.length;
  }

  #forget(key: string): void {
    const put = this.#puts.get(key);
    if (this.#puts.delete(key)) this.#length -= key.length + (put?.json.length ?? 0);
    if (this.#deletions.delete(key)) this.#length -= key.length;
  }
}
