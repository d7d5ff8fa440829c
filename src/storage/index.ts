import { KeyvStore } from './keyv-store.ts';
import { MemoryStore } from './memory-store.ts';
import { PostgresAdapter } from './postgres-adapter.ts';
import { PostgresSession } from './postgres-session.ts';
import { SqliteAdapter } from './sqlite-adapter.ts';
import { sqliteDriver, startSqliteWorker } from './sqlite-driver.ts';
import type { Store } from './store.ts';

/** Tells the operator something that must not be overlooked, in one line. */
type Warn = (line: string) => void;

/** One row a backend: what opens it, by the scheme of its URL. */
const BACKENDS: Readonly<Record<string, (address: string, warn: Warn) => Promise<Store>>> = {
  memory: async () => new MemoryStore(),
  sqlite: openSqlite,
  postgres: (address, warn) => openPostgres(`postgres:${address}`, warn),
  postgresql: (address, warn) => openPostgres(`postgresql:${address}`, warn),
};

/**
 * Opens `memory:`, `sqlite:<path of the file>` or `postgres://user:password@host:port/database`. Rejects with a text
 * for the operator when it cannot be used.
 */
export async function openStore(url: string, warn: Warn): Promise<Store> {
  const colon = url.indexOf(':');
  const open = BACKENDS[url.slice(0, colon)];
  if (open === undefined)
    throw new Error(
      `there is no storage for "${url.slice(0, colon)}"; use one of: ${Object.keys(BACKENDS).join(', ')}`,
    );
  return await open(url.slice(colon + 1), warn);
}

async function openSqlite(path: string, warn: Warn): Promise<Store> {
  const adapter = new SqliteAdapter(sqliteDriver(startSqliteWorker(path), warn, () => startSqliteWorker(path, true)));
  await adapter.ready;
  return new KeyvStore(adapter);
}

async function openPostgres(url: string, warn: Warn): Promise<Store> {
  const session = new PostgresSession(url, warn);
  await session.open();
  return new KeyvStore(new PostgresAdapter(session));
}
