import { DatabaseError, type Client } from 'pg';
import type { Guard } from './postgres-statements.ts';
import { TakenOver } from './store-trouble.ts';

/** Raised when an older program could not read what this one writes. */
const SCHEMA_VERSION = 1;
/** "Tnto": the upper half of the advisory lock's key, the lower is the table, so that each schema has a lock of its own. */
const LOCK_CLASS = 0x54_6e_74_6f;
const LOCK_KEY = `${LOCK_CLASS}::bigint << 32 | 'tenuto_store'::regclass::oid::bigint`;
const LOCK_NOT_AVAILABLE = '55P03';

/** Key order is that of code points ("C"), which a range over a prefix needs; `value` is text because jsonb cannot hold \u0000. */
const TABLES = `
  SELECT pg_advisory_xact_lock(${LOCK_CLASS});
  CREATE TABLE IF NOT EXISTS tenuto_schema (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), version integer NOT NULL, token bigint NOT NULL);
  INSERT INTO tenuto_schema (version, token) VALUES (${SCHEMA_VERSION}, 0) ON CONFLICT DO NOTHING;
  CREATE TABLE IF NOT EXISTS tenuto_store (key text COLLATE "C" PRIMARY KEY, value text NOT NULL, expires timestamptz);
  CREATE INDEX IF NOT EXISTS tenuto_store_expires ON tenuto_store (expires) WHERE expires IS NOT NULL`;

/** The right to write, held by one connection. */
export interface Claim extends Guard {
  /** The server's process that holds the lock for us. */
  readonly pid: number;
}

/** Makes the tables when there are none. Rejects when a later version of this program made them. */
export async function prepareTables(client: Client): Promise<void> {
  // Asked first: to make what is there already is refused to a user that may not make tables.
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('tenuto_store') IS NOT NULL AND to_regclass('tenuto_schema') IS NOT NULL AS there`,
  );
  if (rows[0]?.there !== true) await client.query(TABLES);
  const { rows: found } = await client.query<{ version: number }>('SELECT version FROM tenuto_schema');
  const version = found[0]?.version;
  if (version === undefined) throw new Error('its table tenuto_schema is empty; restore it from a backup');
  if (version > SCHEMA_VERSION) {
    throw new Error('it was written by a later version of this program. Start that version, or use another database.');
  }
}

/** Takes the database for this connection. Rejects when another process has it. */
export async function claim(client: Client, pid: number): Promise<Claim> {
  if (!(await lock(client))) {
    throw new Error('it is in use by another process. Stop that one first: a database serves one at a time.');
  }
  const { rows } = await client.query<Guard>('UPDATE tenuto_schema SET token = token + 1 RETURNING token');
  return { token: rows[0]?.token ?? '', pid };
}

/**
 * Takes the database again on a new connection after the one of `old` was lost. Once this resolves, all that was sent over
 * the old one has either had its effect or never will: the lock is free only when that session has ended.
 * Rejects with TakenOver when another process has or had the database meanwhile.
 */
export async function reclaim(client: Client, pid: number, old: Claim): Promise<Claim> {
  // A statement that nobody waits for any more may still run there, or the server may not have noticed that we are gone.
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
     WHERE locktype = 'advisory' AND classid = ${LOCK_CLASS} AND objid = 'tenuto_store'::regclass::oid AND pid = $1`,
    [old.pid],
  );
  const isOurs = await lock(client);
  const { rows } = await client.query<Guard>('SELECT token FROM tenuto_schema');
  if (rows[0]?.token !== old.token) throw new TakenOver();
  if (!isOurs) throw new Error('another connection holds its lock');
  return { token: old.token, pid };
}

/** For the operator. */
export const TAKEN_OVER =
  'another process has taken this database over, and what this one holds is out of date, so it stops. ' +
  'A database serves one process at a time.';

/** Waits for the lock as long as the session's lock_timeout allows. It ends with the session, however that ends. */
async function lock(client: Client): Promise<boolean> {
  try {
    await client.query(`SELECT pg_advisory_lock(${LOCK_KEY})`);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}
