import { EventEmitter } from 'node:events';
import {
  keyvStorageCapability,
  type KeyvStorageCapability,
  type KeyvStorageEntry,
  type KeyvStorageGetResult,
} from 'keyv';
import { within } from '../lib/time.ts';
import type { ListingAdapter } from './keyv-store.ts';
import { PostgresRequests } from './postgres-requests.ts';
import type { PostgresSession } from './postgres-session.ts';
import { StoreTrouble } from './store-trouble.ts';

const SWEEP_EVERY_MS = 3_600_000;
/** A process that stops has 5 s for everything. */
const CLOSE_WITHIN_MS = 1_000;

/** Keyv's storage in one table of PostgreSQL. Calls take effect in their order, each in whole or not at all. */
export class PostgresAdapter extends EventEmitter implements ListingAdapter {
  readonly #session: PostgresSession;
  readonly #requests: PostgresRequests;
  readonly #sweep: NodeJS.Timeout;

  /** `session`: open, and from now on this adapter's alone. */
  constructor(session: PostgresSession) {
    super();
    this.#session = session;
    this.#requests = new PostgresRequests(session);
    // Only tidiness: no read returns an expired row. What fails today is swept another time.
    const sweep = () => void this.#requests.sweep().catch(() => undefined);
    sweep();
    this.#sweep = setInterval(sweep, SWEEP_EVERY_MS).unref();
  }

  get capabilities(): KeyvStorageCapability {
    return keyvStorageCapability(this);
  }

  async get<Value>(key: string): Promise<KeyvStorageGetResult<Value>> {
    return (await this.#requests.read([key])).get(key);
  }

  async getMany<Value>(keys: string[]): Promise<KeyvStorageGetResult<Value | undefined>[]> {
    const values = await this.#requests.read(keys);
    return keys.map((key) => values.get(key));
  }

  async has(key: string): Promise<boolean> {
    return (await this.#requests.read([key])).has(key);
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    const values = await this.#requests.read(keys);
    return keys.map((key) => values.has(key));
  }

  /** The living keys that begin with `prefix`. */
  async keys(prefix: string): Promise<string[]> {
    return await this.#requests.list(prefix);
  }

  async set(key: string, value: unknown, expires?: number): Promise<boolean> {
    await this.setMany([{ key, value, ...(expires !== undefined && { expires }) }]);
    return true;
  }

  async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    await this.#requests.write(
      entries.map(({ key, value, expires }) => ({ key, value: text(value), ttlMs: ttlMs(expires) })),
    );
    return entries.map(() => true);
  }

  async delete(key: string): Promise<boolean> {
    await this.deleteMany([key]);
    return true;
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    await this.#requests.write(keys.map((key) => ({ key, value: null, ttlMs: null })));
    return keys.map(() => true);
  }

  async clear(): Promise<void> {
    await this.deleteMany(await this.keys(''));
  }

  /** Keyv's emitter says of listeners that they can be called; Node's type does not. */
  override listeners(event: string | symbol): ((...parameters: unknown[]) => void)[] {
    return super.listeners(event) as ((...parameters: unknown[]) => void)[];
  }

  override rawListeners(event: string | symbol): ((...parameters: unknown[]) => void)[] {
    return super.rawListeners(event) as ((...parameters: unknown[]) => void)[];
  }

  async disconnect(): Promise<void> {
    clearInterval(this.#sweep);
    const late = () => new StoreTrouble('the database does not answer');
    // What hangs ends with the connection.
    await within(CLOSE_WITHIN_MS, this.#requests.close(), late).catch(() => undefined);
    await this.#session.close();
  }
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`a ${typeof value} cannot be stored`);
  return value;
}

/** How long from now: the database counts it by its own clock. */
function ttlMs(expires: number | undefined): number | null {
  return expires === undefined || expires === Infinity ? null : expires - Date.now();
}
