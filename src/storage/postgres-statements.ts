/** A statement with its parameters; `name`: the server parses and plans it once a connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** What a key becomes: a value, for `ttlMs` milliseconds or for good (null), or nothing (a null value). */
export interface Change {
  readonly key: string;
  readonly value: string | null;
  readonly ttlMs: number | null;
}

/**
 * What a write must hold for it to have an effect. The token is that of the process that last took the database over, so a
 * process that was replaced without knowing it cannot write.
 */
export interface Guard {
  readonly token: string;
}

/** The database's clock decides what has expired: it is the one that all machines share, and ours may be set back. */
const LIVING = '(expires IS NULL OR expires > clock_timestamp())';
/** No key contains it, and every key that begins with a prefix sorts before the prefix followed by it. */
const LAST_CHARACTER = '\u{10FFFF}';

/** The living rows of these keys: `key`, `value`. */
export function reading(keys: readonly string[]): Statement {
  const text = `SELECT key, value FROM tenuto_store WHERE key = ANY ($1::text[]) AND ${LIVING}`;
  return { name: 'read', text, values: [keys] };
}

/** The living keys that begin with `prefix`: `key`. */
export function listing(prefix: string): Statement {
  const text = `SELECT key FROM tenuto_store WHERE key >= $1 AND key < $2 AND ${LIVING}`;
  return { name: 'list', text, values: [prefix, prefix + LAST_CHARACTER] };
}

/** Makes all these changes, or none. A key must not be named twice. */
export function writing(changes: readonly Change[], guard: Guard): Statement {
  return guarded('write', guard, [
    changes.map(({ key }) => key),
    changes.map(({ value }) => value),
    changes.map(({ ttlMs }) => ttlMs),
  ])`
    change AS (
      SELECT key, value, clock_timestamp() + ttl * interval '1 millisecond' AS expires
      FROM unnest($2::text[], $3::text[], $4::float8[]) AS given (key, value, ttl) WHERE EXISTS (SELECT FROM guard)),
    gone AS (DELETE FROM tenuto_store USING change WHERE tenuto_store.key = change.key AND change.value IS NULL),
    kept AS (
      INSERT INTO tenuto_store (key, value, expires) SELECT key, value, expires FROM change WHERE value IS NOT NULL
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires)`;
}

/** Deletes what has expired. */
export function sweeping(guard: Guard): Statement {
  return guarded('sweep', guard, [])`
    gone AS (DELETE FROM tenuto_store WHERE NOT ${LIVING} AND EXISTS (SELECT FROM guard))`;
}

/** Every write is made here: its one row has `held`, whether the guard held and the write so had its effect. */
function guarded(name: string, { token }: Guard, values: readonly unknown[]) {
  return (strings: TemplateStringsArray, ...inserts: readonly string[]): Statement => {
    // FOR SHARE: who takes the database over waits for a write under way, and a write that waited for him sees his token.
    const guard = 'guard AS MATERIALIZED (SELECT FROM tenuto_schema WHERE token = $1 FOR SHARE)';
    const text = `WITH ${guard}, ${String.raw({ raw: strings }, ...inserts)} SELECT EXISTS (SELECT FROM guard) AS held`;
    return { name, text, values: [token, ...values] };
  };
}
