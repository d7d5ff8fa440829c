import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../src/storage/index.ts';
import { openDatabase } from '../../src/storage/sqlite-file.ts';
import type { Store } from '../../src/storage/store.ts';

let folder: string;
let path: string;
let warnings: string[];
const stores: Store[] = [];

const open = async (at = path) => {
  const store = await openStore(`sqlite:${at}`, (line) => warnings.push(line));
  stores.push(store);
  return store;
};
const aside = async () => (await readdir(folder)).filter((name) => name.includes('.corrupt-'));
const many = (count: number, size: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `k:${index}`, value: `${index} ${'x'.repeat(size)}` }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-damage-'));
  path = join(folder, 'tenuto.sqlite');
  warnings = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await rm(folder, { recursive: true });
});

describe('a write-ahead log', () => {
  const COMMITS = 8;
  const STEP = 499;
  let main: Buffer;
  let log: Buffer;

  /** What a process leaves that is killed: the files as they are while they are open. */
  beforeEach(async () => {
    const store = await open();
    for (let commit = 1; commit <= COMMITS; commit += 1) {
      await store.setMany([
        { key: `left:${commit}`, value: commit },
        { key: `right:${commit}`, value: 'x'.repeat(commit * 100) },
      ]);
    }
    [main, log] = [await readFile(path), await readFile(`${path}-wal`)];
  });

  /** Puts the files of the killed process anywhere, and reads which commits are found there. */
  const commitsIn = async (wal: Buffer, shm?: Buffer) => {
    const at = join(folder, 'left', 'tenuto.sqlite');
    await rm(join(folder, 'left'), { recursive: true, force: true });
    openDatabase(at).close();
    await writeFile(at, main);
    await writeFile(`${at}-wal`, wal);
    if (shm !== undefined) await writeFile(`${at}-shm`, shm);
    const { database, setAside, close } = openDatabase(at);
    expect(setAside).toBeNull();
    const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'keyv'").get();
    const rows = table === undefined ? [] : database.prepare('SELECT key FROM keyv ORDER BY rowid').all();
    close();
    return rows.map((row) => String(row['key']));
  };
  const first = (commits: number) =>
    Array.from({ length: commits }, (_, index) => [`left:${index + 1}`, `right:${index + 1}`]).flat();

  it('that is cut off anywhere holds the commits before, whole, and nothing is set aside', async () => {
    const found = new Set<number>();
    for (let length = 0; length < log.length; length += STEP) {
      const keys = await commitsIn(log.subarray(0, length));
      expect(keys, `cut at ${length}`).toEqual(first(keys.length / 2));
      found.add(keys.length / 2);
    }
    expect(await commitsIn(log)).toEqual(first(COMMITS));
    expect([...found].sort((a, b) => a - b)).toEqual(Array.from({ length: COMMITS }, (_, index) => index));
  });

  it('with damage in it holds the commits before, whole, and nothing is set aside', async () => {
    const damaged = Buffer.from(log).fill(0xa5, Math.floor(log.length / 2), Math.floor(log.length / 2) + 64);
    const keys = await commitsIn(damaged);
    expect(keys).toEqual(first(keys.length / 2));
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.length).toBeLessThan(2 * COMMITS);
  });

  it('loses nothing when its index is nonsense', async () => {
    expect(await commitsIn(log, Buffer.alloc(32_768, 0xa5))).toEqual(first(COMMITS));
    expect(await commitsIn(log, Buffer.alloc(7))).toEqual(first(COMMITS));
  });

  it('that is missing takes its commits with it, and no other', async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await (await open()).set('left:9', 9);
    const at = join(folder, 'tenuto-copy.sqlite');
    await copyFile(path, at);
    expect((await (await open(at)).keys('left:')).length).toBe(COMMITS);
    expect(warnings).toEqual([]);
  });

  it('beside no database, or an empty one, is kept', async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await rm(path);
    await writeFile(`${path}-wal`, log);
    await (await open()).set('a', 1);
    expect(warnings).toEqual([expect.stringContaining('everything begins anew in a fresh file')]);
    const [kept = ''] = await aside();
    expect(await readFile(join(folder, kept))).toEqual(log);
  });
});

describe('a damaged file', () => {
  const fill = async (from: number, to: number) => {
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xa5, from, to));
  };
  const closed = async (entries: readonly { key: string; value: string }[]) => {
    const store = await open();
    await store.setMany(entries);
    await store.close();
  };

  it('whose header is gone is set aside, and said so', async () => {
    await closed(many(10, 10));
    await fill(0, 100);
    expect(await (await open()).keys('')).toEqual([]);
    const [name = ''] = await aside();
    expect(warnings).toEqual([
      `${path} is damaged. It was renamed to ${join(folder, name)}, and everything begins anew in a fresh file. A backup is brought back by: npm run restore`,
    ]);
  });

  it('goes on with every record but those of the pages that are damaged', async () => {
    const entries = many(2_000, 100);
    await closed(entries);
    const file = new DatabaseSync(path, { readOnly: true });
    const leaf = file
      .prepare("SELECT name, pageno FROM dbstat WHERE name = 'keyv' AND pagetype = 'leaf' LIMIT 1 OFFSET 20")
      .get();
    file.close();
    const page = Number(leaf?.['pageno']);
    await fill((page - 1) * 4_096, page * 4_096);
    const store = await open();
    const values = await store.getMany<string>(entries.map(({ key }) => key));
    const missing = values.flatMap((value, index) => (value === undefined ? [index] : []));
    expect(missing.length).toBeGreaterThan(10);
    expect(missing.length).toBeLessThan(40);
    expect(missing.at(-1)).toBe((missing[0] ?? 0) + missing.length - 1);
    expect(values.filter((value) => value !== undefined)).toEqual(
      entries.filter((_, index) => !missing.includes(index)).map(({ value }) => value),
    );
    expect(warnings[0]).toContain(`, and ${2_000 - missing.length} records that could be read went into a fresh file`);
  });

  it('that lost its end goes on with the records before it', async () => {
    await closed(many(1_000, 200));
    await truncate(path, 4_096 * 30);
    const rescued = await (await open()).keys('');
    expect(rescued.length).toBeGreaterThan(100);
    expect(warnings).toHaveLength(1);
  });

  it('takes no record over that would keep the bot from starting', async () => {
    await closed(many(1_000, 100));
    const file = new DatabaseSync(path);
    file.exec("INSERT INTO keyv (key, value, namespace) VALUES ('broken', '{no json', '')");
    file.close();
    await fill(4_096 * 6, 4_096 * 7);
    const store = await open();
    expect(warnings).toHaveLength(1);
    expect(await store.get('broken')).toBeUndefined();
    expect((await store.getMany(await store.keys(''))).length).toBeGreaterThan(500);
  });

  it('is set aside under a name of its own, also in the same moment as another', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) });
    for (const text of ['one', 'two', 'three']) {
      await writeFile(path, text);
      openDatabase(path).close();
    }
    const kept = await Promise.all((await aside()).map((name) => readFile(join(folder, name), 'utf8')));
    expect(kept.sort()).toEqual(['one', 'three', 'two']);
  });
});
