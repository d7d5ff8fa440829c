import { KeyvStore } from '../../src/storage/keyv-store.ts';
import { SqliteAdapter } from '../../src/storage/sqlite-adapter.ts';
import { openDatabase } from '../../src/storage/sqlite-file.ts';
import { StatementRunner } from '../../src/storage/sqlite-statements.ts';
import type { Statement } from '../../src/storage/sqlite-worker.ts';
import type { Store } from '../../src/storage/store.ts';

/** The bot's store without its thread: every flush of the disk holds up everything else. Only to compare. */
export async function storeOnThisThread(path: string): Promise<Store> {
  const file = openDatabase(path);
  const runner = new StatementRunner(file.database);
  const adapter = new SqliteAdapter({
    name: 'custom',
    connect: async () => ({
      async query(sql: string, ...parameters: unknown[]) {
        // The adapter gives text, numbers and null.
        const [outcome] = runner.runTogether([{ sql, parameters: parameters as Statement['parameters'] }]);
        if (outcome === undefined || !('rows' in outcome)) throw new Error(`failed: ${sql}`);
        return [...outcome.rows];
      },
      close: async () => file.close(),
    }),
  });
  await adapter.ready;
  return new KeyvStore(adapter);
}
