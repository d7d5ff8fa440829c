import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../loopback/until.ts';
import { EnduringStore } from '../../src/storage/enduring-store.ts';
import { openStore } from '../../src/storage/index.ts';
import { KeyvStore } from '../../src/storage/keyv-store.ts';
import { SqliteAdapter } from '../../src/storage/sqlite-adapter.ts';
import { sqliteDriver, startSqliteWorker } from '../../src/storage/sqlite-driver.ts';
import { lockFile, mountSmallDisk } from './fixtures/bad-disks.ts';

/** A database in a folder of its own, and a way to tell SQLite things. */
async function openDatabase(folder?: string) {
  const place = folder ?? (await mkdtemp(join(tmpdir(), 'tenuto-troubles-')));
  const path = join(place, 'tenuto.sqlite');
  const adapter = new SqliteAdapter(sqliteDriver(startSqliteWorker(path), () => undefined));
  await adapter.ready;
  const strict = new KeyvStore(adapter);
  const store = new EnduringStore(strict);
  store.endure();
  onTestFinished(async () => {
    await store.close().catch(() => undefined);
    if (folder === undefined) await rm(place, { recursive: true });
  });
  return { path, strict, store, tell: (sql: string) => adapter.query(sql) };
}

type Database = Awaited<ReturnType<typeof openDatabase>>;

/** A trouble of the disk: how it comes and goes. */
interface Trouble {
  readonly database: Database;
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
}

const full = async (): Promise<Trouble> => {
  const disk = await mountSmallDisk();
  if (disk === null) return await grown();
  const database = await openDatabase(disk.folder);
  return { database, begin: async () => disk.fill(), end: async () => disk.makeRoom() };
};
const grown = async (): Promise<Trouble> => {
  const database = await openDatabase();
  // SQLite answers then as on a full disk, also where nothing can be mounted.
  const limit = (pages: number) => database.tell(`PRAGMA max_page_count = ${pages}`);
  return { database, begin: () => limit(1), end: () => limit(1_000_000) };
};
const readOnly = async (): Promise<Trouble> => {
  const database = await openDatabase();
  const set = (on: 0 | 1) => database.tell(`PRAGMA query_only = ${on}`);
  return { database, begin: () => set(1), end: () => set(0) };
};
const locked = async (): Promise<Trouble> => {
  const database = await openDatabase();
  let release = async () => {};
  const begin = async () => (release = await lockFile(database.path));
  return { database, begin, end: () => release() };
};

describe.each<[string, string, () => Promise<Trouble>]>([
  ['a full disk', 'the disk is full', full],
  ['a database that cannot grow', 'the disk is full', grown],
  ['a database that is read-only', 'the database is read-only', readOnly],
  ['a lock of another program', 'the database is locked by another program', locked],
])('%s', (_what, words, make) => {
  it('is named, keeps nobody from reading, and takes nothing that was written before', async () => {
    const { database, begin, end } = await make();
    const { strict } = database;
    await strict.set('before', 1);
    await begin();
    const big = 'x'.repeat(100_000);
    await expect(strict.set('big', big)).rejects.toThrow(words);
    await expect(strict.setMany(['a', 'b'].map((key) => ({ key, value: big })))).rejects.toThrow(words);
    expect(await strict.getMany(['before', 'big', 'a'])).toEqual([1, undefined, undefined]);
    await end();
    await strict.set('after', 1);
    expect((await strict.keys('')).toSorted()).toEqual(['after', 'before']);
  });

  it('is endured, and everything is on the disk when it is over', async () => {
    const { database, begin, end } = await make();
    const { store, strict, path } = database;
    await store.set('before', 1);
    await begin();
    const big = 'x'.repeat(100_000);
    await store.set('big', big);
    await store.deleteMany(['before']);
    expect(store.saving).toMatchObject({ status: 'unsaved', cause: words });
    expect(await store.getMany(['before', 'big'])).toEqual([undefined, big]);
    expect(await strict.getMany(['before', 'big'])).toEqual([1, undefined]);
    await end();
    await until('everything to be saved', () => store.saving.status === 'saved', 20_000);
    await store.close();
    const found = await openStore(`sqlite:${path}`, () => undefined);
    onTestFinished(() => found.close());
    expect(await found.getMany(['before', 'big'])).toEqual([undefined, big]);
  });
});

it('does not let anybody wait for a thread that hangs in the system, at the end neither', async () => {
  const { store, tell, path } = await openDatabase();
  await store.set('a', 1);
  // Where SQLite waits for a lock, nothing reaches its thread: to this one it is a disk that hangs.
  await tell('PRAGMA busy_timeout = 60000');
  const release = await lockFile(path);
  const listeners = process.listenerCount('exit');
  const before = performance.now();
  await Promise.all([store.set('a', 2), store.set('b', 2)]);
  expect(store.saving).toMatchObject({ status: 'unsaved', cause: 'the database does not answer' });
  expect(await store.getMany(['a', 'b'])).toEqual([2, 2]);
  await expect(store.get('c')).rejects.toThrow('the database does not answer');
  await expect(store.close()).rejects.toThrow(
    'lost, as they could not be saved (the database does not answer): 2 values',
  );
  expect(performance.now() - before).toBeLessThan(12_000);
  // `process.exit` would wait for the thread; until that has ended the process is to leave in another way.
  expect(process.listenerCount('exit')).toBe(listeners + 1);
  await release();
  await until('the thread to end', () => process.listenerCount('exit') === listeners, 10_000);
});

describe('a thread that dies', () => {
  /** A store that endures, and a way to end its thread. */
  async function mortal() {
    const folder = await mkdtemp(join(tmpdir(), 'tenuto-mortal-'));
    const path = join(folder, 'tenuto.sqlite');
    const worker = startSqliteWorker(path);
    const adapter = new SqliteAdapter(
      sqliteDriver(
        worker,
        () => undefined,
        () => startSqliteWorker(path, true),
      ),
    );
    await adapter.ready;
    const store = new EnduringStore(new KeyvStore(adapter));
    store.endure();
    onTestFinished(async () => {
      await store.close().catch(() => undefined);
      await rm(folder, { recursive: true });
    });
    return { folder, path, store, kill: () => worker.terminate() };
  }

  it('is replaced, and nothing is lost', async () => {
    const { path, store, kill } = await mortal();
    await store.set('before', 1);
    const during = store.set('during', 1);
    await kill();
    await during;
    await store.set('after', 1);
    expect(store.saving.status).toBe('unsaved');
    await until('everything to be saved', () => store.saving.status === 'saved', 20_000);
    await store.close();
    const found = await openStore(`sqlite:${path}`, () => undefined);
    onTestFinished(() => found.close());
    expect(await found.getMany(['before', 'during', 'after'])).toEqual([1, 1, 1]);
  });

  it('is not replaced on another file than its own: that one would lack what was saved before', async () => {
    const { folder, path, store, kill } = await mortal();
    await store.set('before', 1);
    await kill();
    for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true });
    const failures: unknown[] = [];
    store.on('failed', (error) => failures.push(error));
    await store.set('after', 1);
    await until('some tries', () => failures.length > 2, 20_000);
    expect(store.saving.status).toBe('unsaved');
    expect((await readdir(folder)).toSorted()).toEqual(['tenuto.sqlite.lock']);
  });
});
