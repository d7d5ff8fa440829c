import { KeyvStore } from './keyv-store.ts';
import { MemoryStore } from './memory-store.ts';
import { SqliteAdapter } from './sqlite-adapter.ts';
import { sqliteDriver, startSqliteWorker } from './sqlite-driver.ts';
import type { Store } from './store.ts';

/** Tells the operator something that must not be overlooked, in one line. */
type Warn = (line: string) => void;

/** One row a backend: what opens it, by the scheme of its URL. */
const BACKENDS: Readonly<Record<string, (address: string, warn: Warn) => Promise<Store>>> = {
  memory: async () => new MemoryStore(),
  sqlite: openSqlite,
};

/** Opens `memory:` or `sqlite:<path of the file>`. Rejects with a text for the operator when it cannot be used. */
export async function openStore(url: string, warn: Warn): Promise<Store> {
  const colon = url.indexOf(':');
  const open = BACKENDS[url.slice(0, colon)];
  if (open === undefined)
    throw new Error(`there is no storage for "${url}"; use one of: ${Object.keys(BACKENDS).join(', ')}`);
  return await open(url.slice(colon + 1), warn);
}

async function openSqlite(path: string, warn: Warn): Promise<Store> {
  const adapter = new SqliteAdapter(sqliteDriver(startSqliteWorker(path), warn));
  await adapter.ready;
  return new KeyvStore(adapter);
}
