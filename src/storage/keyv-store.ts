import { Keyv, type KeyvStorageAdapter, type KeyvStorageEntry } from 'keyv';
import { within } from '../lib/time.ts';
import type { Store } from './store.ts';

/** A write that hangs in a dead disk must not keep the process from ending. */
const CLOSE_WITHIN_MS = 1_000;

/** A keyv adapter that can also list its keys. Its writes take effect in the order of the calls, each in whole or not at all. */
export interface ListingAdapter extends KeyvStorageAdapter {
  setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[] | undefined>;
  deleteMany(keys: string[]): Promise<boolean[]>;
  keys(prefix: string): Promise<string[]>;
}

/**
 * A Store over keyv. Writes go to the adapter itself, as keyv would write them: keyv takes longer over some kinds of them
 * than over others, so that a later one could overtake an earlier. Keyv has no `error` listener here, on purpose: with
 * one, it answers a failed read with `undefined`; without one, its `emit('error')` throws into the call that failed.
 */
export class KeyvStore implements Store {
  readonly #keyv: Keyv;
  readonly #adapter: ListingAdapter;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(adapter: ListingAdapter) {
    this.#adapter = adapter;
    // Whether a row has expired is the adapter's to say: keyv would delete it by its key, which may hold a new value by then.
    this.#keyv = new Keyv({ store: adapter, serialization: { stringify, parse }, checkExpired: false });
  }

  async get<T>(key: string): Promise<T | undefined> {
    return await this.#keyv.get<T>(key);
  }

  async getMany<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    return keys.length === 0 ? [] : await this.#keyv.getMany<T>([...keys]);
  }

  async set(key: string, value: unknown, ttlMs?: number): Promise<void> {
    const expires = ttlMs === undefined ? undefined : Date.now() + ttlMs;
    await this.#put([{ key, value: stringify({ value, expires }), ...(expires !== undefined && { expires }) }]);
  }

  async setMany(entries: readonly { readonly key: string; readonly value: unknown }[]): Promise<void> {
    await this.#put(entries.map(({ key, value }) => ({ key, value: stringify({ value }) })));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#write(this.#adapter.deleteMany([...keys]));
  }

  async keys(prefix: string): Promise<string[]> {
    return await this.#adapter.keys(prefix);
  }

  async close(): Promise<void> {
    const late = () => new Error('a write hangs');
    await within(CLOSE_WITHIN_MS, Promise.allSettled(this.#underWay), late).catch(() => undefined);
    await this.#keyv.disconnect();
  }

  async #put(entries: readonly KeyvStorageEntry<string>[]): Promise<void> {
    if (entries.length === 0) return;
    const results = await this.#write(this.#adapter.setMany([...entries]));
    if (!results?.every(Boolean)) throw new Error(`${entries.length} values were not stored`);
  }

  async #write<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    return await work.finally(() => this.#underWay.delete(work));
  }
}

function stringify(envelope: unknown): string {
  const json = JSON.stringify(envelope);
  // Keyv wraps the value; one that JSON leaves out would come back as "nothing there".
  if (!json.startsWith('{"value":')) throw new TypeError('only JSON can be stored');
  return json;
}

/** A row that is none of ours reads as what no reader understands, so that it is set aside there and the others can be read. */
function parse(text: string): unknown {
  try {
    const envelope: unknown = JSON.parse(text);
    if (typeof envelope === 'object' && envelope !== null && 'value' in envelope) return envelope;
  } catch {}
  return { value: { unreadable: text } };
}
