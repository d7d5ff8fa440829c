import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openStore } from '../../src/storage/index.ts';
import type { PostgresAdapter } from '../../src/storage/postgres-adapter.ts';
import type { Store } from '../../src/storage/store.ts';
import { StoreTrouble } from '../../src/storage/store-trouble.ts';
import { PostgresServer, programs } from './fixtures/postgres-server.ts';
import { openWith } from './fixtures/postgres-store.ts';

const DAY_MS = 24 * 3_600_000;
const SHORT = { connectMs: 2_000, lockMs: 300, answerMs: 1_000 };

describe('a store in PostgreSQL', { skip: programs() === null }, () => {
  let server: PostgresServer;
  let made = 0;
  let name: string;
  let url: string;
  let store: Store;
  let adapter: PostgresAdapter;
  let warnings: string[];
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    name = `session_${made++}`;
    url = await server.database(name);
    ({ store, adapter, warnings } = await openWith(url, SHORT));
  });
  afterEach(() => store.close());

  const holders = `FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  const pidOfHolder = async () => {
    const [row] = await server.sql<{ pid: number }>(`SELECT pid ${holders}`, name);
    return row?.pid ?? 0;
  };
  /** Resolves when the server has ended the connection that holds the lock. */
  const terminate = () => server.sql(`SELECT pg_terminate_backend(pid, 5000) ${holders}`, name);

  it('goes on when its idle connection was ended', async () => {
    await store.set('a', 1);
    for (const value of [2, 3, 4]) {
      await terminate();
      await store.set('a', value);
      await terminate();
      expect(await store.get('a')).toBe(value);
    }
    expect(warnings).toEqual([]);
  });

  it('goes on when its connection is ended while it writes', async () => {
    const writes = Array.from({ length: 2_000 }, (_, index) => store.set(`k:${index}`, index));
    await terminate();
    await Promise.all(writes);
    expect(await store.keys('k:')).toHaveLength(2_000);
  });

  it('takes calls in their order, also when nobody waits in between', async () => {
    // Not through keyv, which takes longer over a write than over a read.
    const seen = [adapter.set('a', '1'), adapter.get('a'), adapter.set('a', '2'), adapter.get('a'), adapter.keys('')];
    const after = [adapter.deleteMany(['a']), adapter.get('a'), adapter.set('a', '3'), adapter.get('a')];
    expect(await Promise.all(seen)).toEqual([true, '1', true, '2', ['a']]);
    expect(await Promise.all(after)).toEqual([[true], undefined, true, '3']);
  });

  it('refuses keys that PostgreSQL cannot hold, and no other call suffers', async () => {
    const outcomes = await Promise.allSettled([
      store.set('a', 1),
      store.set('b\u0000', 1),
      store.get('b\uD800'),
      store.set('c', 1),
      store.deleteMany(['\u0000']),
      store.get('a'),
    ]);
    expect(outcomes.map(({ status }) => status[0]).join('')).toBe('frrfrf');
    expect(outcomes[1]).toHaveProperty('reason.message', '"b\\u0000" cannot be a key: PostgreSQL stores no such text');
  });

  it('lets a write that the database refuses fail alone, although others shared its statement', async () => {
    // Longer than an entry of an index can be, and not to be compressed.
    const long = Array.from({ length: 20_000 }, () =>
      String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000)),
    ).join('');
    const keys = ['a', 'b', long, 'c', 'd'];
    const outcomes = await Promise.allSettled(keys.map((key) => store.set(key, 1)));
    expect(outcomes.map(({ status }) => status[0]).join('')).toBe('ffrff');
    expect((await store.keys('')).toSorted()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('forgets a value when its time is over although the clock of this machine was set back by a day', async () => {
    await store.set('a', 1, 100);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - DAY_MS });
    try {
      await store.set('b', 1, 100);
      await store.set('c', 1, 60_000);
      await expect.poll(() => store.keys('')).toEqual(['c']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('never lets a write that was given up overtake a later one', async () => {
    const pid = await pidOfHolder();
    await store.set('a', 'first');
    process.kill(pid, 'SIGSTOP');
    await expect(store.set('a', 'given up')).rejects.toThrow('does not answer');
    // Whether that one will still have its effect is not known yet, so nothing else can be written.
    await expect(store.set('a', 'too early')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('another connection holds its lock') },
    });
    process.kill(pid, 'SIGCONT');
    await expect
      .poll(() =>
        store.set('a', 'later').then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    expect(await pidOfHolder()).not.toBe(pid);
    expect(await store.get('a')).toBe('later');
  });

  it.each([
    ['while nobody uses it', false],
    ['while it is to write', true],
  ])('closes within three seconds on a server that hangs %s', async (_when, writes) => {
    await store.close();
    store = await openStore(url, () => undefined);
    const pid = await pidOfHolder();
    process.kill(pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(pid, 'SIGCONT'));
    const writing = writes ? store.set('a', 1).catch(() => undefined) : undefined;
    const before = performance.now();
    await store.close().catch(() => undefined);
    expect(performance.now() - before).toBeLessThan(3_000);
    await writing;
  });

  it('lets one process alone use the database', async () => {
    await expect(openWith(url, SHORT)).rejects.toThrow(
      /^PostgreSQL at 127\.0\.0\.1:\d+, database "session_\d+", cannot be used: it is in use by another process\. Stop that one first/,
    );
    await store.set('a', 1);
    await store.close();
    const next = await openWith(url, SHORT);
    expect(await next.store.get('a')).toBe(1);
    await next.store.close();
  });

  it('writes nothing more once another process has taken the database over, and says so once', async () => {
    await store.set('a', 'old');
    await terminate();
    const other = await openWith(url, SHORT);
    await other.store.set('a', 'new');
    const told = 'another process has taken the database over';
    await expect(store.set('a', 'stale')).rejects.toThrow(told);
    await expect(store.deleteMany(['a'])).rejects.toThrow(told);
    expect(await other.store.get('a')).toBe('new');
    // What it has in memory stays out of date when the other one has gone.
    await other.store.close();
    await expect(store.setMany([{ key: 'a', value: 'stale' }])).rejects.toThrow(told);
    expect(warnings).toEqual([expect.stringContaining('another process has taken this database over')]);
  });

  it.each([
    ['53100', 'the disk is full'],
    ['58030', 'the disk fails with an I/O error'],
    ['25006', 'the database is read-only'],
  ])('says in words for people why a write failed (%s), and goes on when it is over', async (code, told) => {
    await server.sql(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no' USING ERRCODE = '${code}'; END $$;
       CREATE TRIGGER fail BEFORE INSERT ON tenuto_store EXECUTE FUNCTION fail()`,
      name,
    );
    const writes = await Promise.allSettled([
      store.set('a', 1),
      store.set('b', 1),
      store.setMany([{ key: 'c', value: 1 }]),
    ]);
    expect(writes).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason: new StoreTrouble(told) })));
    expect(await store.get('a')).toBeUndefined();
    await server.sql('DROP TRIGGER fail ON tenuto_store', name);
    await store.set('a', 2);
    expect(await store.get('a')).toBe(2);
  });

  it('writes nothing when the token is another one, even while it holds the lock', async () => {
    await store.set('a', 'old');
    await server.sql('UPDATE tenuto_schema SET token = token + 1', name);
    await expect(store.set('a', 'stale')).rejects.toThrow('taken the database over');
    await expect(store.get('a')).rejects.toThrow('taken the database over');
    const rows = await server.sql<{ value: string }>('SELECT value FROM tenuto_store', name);
    expect(rows).toEqual([{ value: '{"value":"old"}' }]);
  });
});
