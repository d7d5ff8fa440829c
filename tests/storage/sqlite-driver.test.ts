import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyvStore } from '../../src/storage/keyv-store.ts';
import { SqliteAdapter } from '../../src/storage/sqlite-adapter.ts';
import { sqliteDriver, startSqliteWorker } from '../../src/storage/sqlite-driver.ts';

describe('the database on its thread', () => {
  let folder: string;
  let path: string;
  let worker: ReturnType<typeof startSqliteWorker>;
  let adapter: SqliteAdapter;
  let store: KeyvStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenuto-driver-'));
    path = join(folder, 'test.sqlite');
    worker = startSqliteWorker(path);
    adapter = new SqliteAdapter(sqliteDriver(worker, () => undefined));
    await adapter.ready;
    store = new KeyvStore(adapter);
  });
  afterEach(async () => {
    await worker.terminate();
    await rm(folder, { recursive: true });
  });

  it('rejects the one statement of a group that fails, and keeps the others', async () => {
    const results = await Promise.allSettled([
      store.set('a', 1),
      adapter.query('INSERT INTO nowhere VALUES (1)'),
      store.set('b', 2),
      adapter.query('INSERT INTO keyv (key, value, namespace) VALUES (?, ?, ?)', 'c', '{"value":3}', null),
      store.set('d', 4),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(await store.getMany(['a', 'b', 'c', 'd'])).toEqual([1, 2, undefined, 4]);
  });

  it('takes nothing of a statement that fails half way', async () => {
    await expect(
      adapter.query("INSERT INTO keyv (key, value, namespace) VALUES ('a', '{}', ''), ('b', '{}', NULL)"),
    ).rejects.toThrow('NOT NULL');
    expect(await store.keys('')).toEqual([]);
  });

  it('stores all or none when the disk refuses one entry of many', async () => {
    await adapter.query(
      "CREATE TRIGGER refusal BEFORE INSERT ON keyv WHEN new.key = 'k:700' BEGIN SELECT RAISE(ABORT, 'refused'); END",
    );
    const entries = Array.from({ length: 800 }, (_, index) => ({ key: `k:${index}`, value: index }));
    await expect(store.setMany(entries)).rejects.toThrow('refused');
    expect(await store.keys('')).toEqual([]);
  });

  it('goes on with the rest of a group when a statement ends the transaction', async () => {
    const results = await Promise.allSettled([
      store.set('a', 1),
      adapter.query("INSERT OR ROLLBACK INTO keyv (key, namespace) VALUES ('b', NULL)"),
      adapter.query("INSERT INTO keyv (key, value, namespace) SELECT 'n' || count(*), '{\"value\":1}', '' FROM keyv"),
      store.get('a'),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    // `a` and one other row: nothing of the group ran twice.
    expect(await store.keys('')).toHaveLength(2);
  });

  it('flushes the disk at every commit', async () => {
    expect(await adapter.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await adapter.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
  });

  it('commits together what arrives together', async () => {
    const before = (await stat(`${path}-wal`)).size;
    await Promise.all(Array.from({ length: 200 }, (_, index) => store.set(`k:${index}`, index)));
    // One by one, each of the 200 would have written at least one page of its own to the log.
    expect((await stat(`${path}-wal`)).size - before).toBeLessThan(200 * 4_096);
  });

  it('rejects what waits, and all that comes after, when its thread dies', async () => {
    const waiting = Promise.allSettled([store.set('a', 1), store.get('a'), store.keys('')]);
    await worker.terminate();
    const results = await waiting;
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(store.set('a', 1)).rejects.toThrow('the database thread has ended');
    await expect(store.getMany(['a'])).rejects.toThrow('the database thread has ended');
  });

  it('rejects with the reason when its thread fails', async () => {
    const reading = store.get('a');
    worker.postMessage(null);
    await expect(reading).rejects.toThrow('the database thread failed');
    await expect(store.get('a')).rejects.toThrow('the database thread failed');
  });

  it('rejects reads and writes when the table is gone, instead of finding nothing', async () => {
    await store.set('a', 1);
    await adapter.query('DROP TABLE keyv');
    await expect(store.get('a')).rejects.toThrow('no such table');
    await expect(store.getMany(['a'])).rejects.toThrow('no such table');
    await expect(store.set('a', 1)).rejects.toThrow('no such table');
    await expect(store.setMany([{ key: 'a', value: 1 }])).rejects.toThrow('no such table');
    await expect(store.deleteMany(['a'])).rejects.toThrow('no such table');
    await expect(store.keys('')).rejects.toThrow('no such table');
  });

  it.each(['{broken', '', '5', 'null', '{"other":1}'])(
    'reads a row that is none of ours as unreadable: %s',
    async (text) => {
      await store.set('b', 1);
      await adapter.query("INSERT INTO keyv (key, value, namespace) VALUES ('a', ?, '')", text);
      expect(await store.get('a')).toEqual({ unreadable: text });
      expect(await store.getMany(['a', 'b'])).toEqual([{ unreadable: text }, 1]);
      expect((await store.keys('')).toSorted()).toEqual(['a', 'b']);
    },
  );
});
