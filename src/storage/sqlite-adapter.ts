import { KeyvSqlite, type SqliteDriver } from '@keyv/sqlite';
import type { KeyvStorageEntry, KeyvStorageGetResult } from 'keyv';

const TABLE = 'keyv';
const SWEEP_EVERY_MS = 3_600_000;
const LIVING = `FROM ${TABLE} WHERE namespace = '' AND (expires IS NULL OR expires > ?)`;
/** No key contains it, and every key that begins with a prefix sorts before the prefix followed by it. */
const LAST_CHARACTER = '\u{10FFFF}';

interface Row {
  readonly key: string;
  readonly value: string | null;
}

/**
 * Keyv's SQLite adapter where it does not keep what a Store promises: it writes and deletes many entries in several
 * statements, and a read that meets an expired row deletes by key alone, and with that a value set in between. No namespace is used,
 * because the adapter strips its name from keys that begin with it.
 */
export class SqliteAdapter extends KeyvSqlite {
  readonly #sweep: NodeJS.Timeout;

  constructor(driver: SqliteDriver) {
    super({ driver, table: TABLE });
    // Only tidiness: no read returns an expired row. What fails today is swept another time.
    const sweep = () => this.clearExpired().catch(() => undefined);
    void this.ready.then(sweep, () => undefined);
    this.#sweep = setInterval(() => void sweep(), SWEEP_EVERY_MS).unref();
  }

  override async disconnect(): Promise<void> {
    clearInterval(this.#sweep);
    await super.disconnect();
  }

  override async get<Value>(key: string): Promise<KeyvStorageGetResult<Value>> {
    const [value] = await this.getMany<Value>([key]);
    return value as KeyvStorageGetResult<Value>;
  }

  override async getMany<Value>(keys: string[]): Promise<KeyvStorageGetResult<Value | undefined>[]> {
    const sql = `SELECT key, value ${LIVING} AND key IN (SELECT value FROM json_each(?))`;
    const rows = (await this.query(sql, Date.now(), JSON.stringify(keys))) as Row[];
    const values = new Map(rows.map(({ key, value }) => [key, value ?? undefined]));
    return keys.map((key) => values.get(key));
  }

  /** One statement, so all or none. */
  override async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    const sql = `INSERT INTO ${TABLE} (key, value, namespace, expires)
      SELECT value ->> 'key', value ->> 'value', '', value ->> 'expires' FROM json_each(?) WHERE true
      ON CONFLICT (key, namespace) DO UPDATE SET value = excluded.value, expires = excluded.expires`;
    await this.query(sql, JSON.stringify(entries));
    return entries.map(() => true);
  }

  /** One statement, so all or none, and no later write comes in between. */
  override async deleteMany(keys: string[]): Promise<boolean[]> {
    const sql = `DELETE FROM ${TABLE} WHERE namespace = '' AND key IN (SELECT value FROM json_each(?))`;
    await this.query(sql, JSON.stringify(keys));
    return keys.map(() => true);
  }

  /** The living keys that begin with `prefix`. */
  async keys(prefix: string): Promise<string[]> {
    const sql = `SELECT key ${LIVING} AND key >= ? AND key < ?`;
    const rows = await this.query(sql, Date.now(), prefix, prefix + LAST_CHARACTER);
    return (rows as Row[]).map(({ key }) => key);
  }
}
