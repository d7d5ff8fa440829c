import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../loopback/until.ts';
import { openStore } from '../../src/storage/index.ts';
import { backUp, restore } from '../../src/storage/sqlite-backup.ts';

const SCRIPTS = join(import.meta.dirname, '../../scripts');
const WRITER = fileURLToPath(new URL('fixtures/steady-writer.ts', import.meta.url));

let folder: string;
let database: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-backup-'));
  database = join(folder, 'tenuto.sqlite');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs `npm run backup` or `restore` without npm, on the database in the folder. */
async function run(script: 'backup' | 'restore', ...words: string[]) {
  return await runWith({}, script, ...words);
}

async function runWith(settings: Readonly<Record<string, string>>, script: 'backup' | 'restore', ...words: string[]) {
  const env = { PATH: process.env['PATH'] ?? '', DATA_DIR: folder, ...settings };
  const child = spawn(process.execPath, [join(SCRIPTS, `${script}.ts`), ...words], { cwd: folder, env });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, errors, last: lastLine(out) };
}

/** The last line, where that is JSON. */
function lastLine(out: string): Record<string, unknown> {
  const line = out.trim().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : {};
}

async function withStore<T>(path: string, use: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>) {
  const store = await openStore(`sqlite:${path}`, (line) => {
    throw new Error(line);
  });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const written = (value: unknown) => withStore(database, (store) => store.set('a', value));
const found = (path = database) => withStore(path, (store) => store.get('a'));
const names = async () => (await readdir(folder)).filter((name) => !/\.lock$|-(shm|wal)$/.test(name)).sort();

it('backs up what another process is writing, at one moment of it, and brings exactly that back', async () => {
  const writer = spawn(process.execPath, [WRITER, database], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void writer.kill('SIGKILL'));
  let told = '';
  writer.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const durable = () => Number(told.split('\n').at(-2) ?? 0);
  await until('the writer to be busy', () => durable() > 20, 30_000);

  const before = durable();
  const { code, last } = await run('backup', '--json');
  const after = durable();
  expect(code).toBe(0);
  expect(last).toMatchObject({ ok: true, file: expect.stringMatching(/backups\/tenuto-[\dT.Z-]+\.sqlite$/) });
  expect(after).toBeGreaterThan(before);

  expect(await run('restore', String(last['file']), '--json')).toMatchObject({
    code: 1,
    errors: `${database} is in use by another process. Stop that one first: a data folder serves one at a time.\n`,
    last: { ok: false },
  });
  writer.kill('SIGKILL');
  await once(writer, 'exit');

  const restored = await run('restore', String(last['file']), '--json');
  expect(restored).toMatchObject({ code: 0, last: { ok: true, file: database } });
  const pair = (path: string) => withStore(path, (store) => store.getMany<number>(['left', 'right']));
  const [left = 0, right] = await pair(database);
  expect(left).toBe(right);
  expect(left).toBeGreaterThanOrEqual(before);
  // Nothing is deleted: what was written after the backup is in the file that was there.
  const [later = 0] = await pair(String(restored.last['before']));
  expect(later).toBeGreaterThanOrEqual(after);
});

it('is of the moment in which it was asked for, however much is written until it is done', async () => {
  await withStore(database, async (store) => {
    const bulk = Array.from({ length: 10_000 }, (_, index) => ({ key: `k:${index}`, value: 'x'.repeat(400) }));
    await store.setMany([...bulk, { key: 'a', value: 0 }]);
    const done = new AbortController();
    const copying = backUp(database, join(folder, 'copy.sqlite')).finally(() => done.abort());
    for (let number = 1; !done.signal.aborted; number += 1) await store.setMany([{ key: 'a', value: number }]);
    await copying;
    expect(await store.get('a')).toBeGreaterThan(1);
  });
  expect(await found(join(folder, 'copy.sqlite'))).toBe(0);
});

it('leaves one file, which needs no other beside it', async () => {
  await withStore(database, async (store) => {
    await store.set('a', 'in the log');
    await backUp(database, join(folder, 'copy.sqlite'));
  });
  expect((await readdir(folder)).filter((name) => name.startsWith('copy'))).toEqual(['copy.sqlite']);
  expect(await found(join(folder, 'copy.sqlite'))).toBe('in the log');
});

it('writes over nothing', async () => {
  await written(1);
  const target = join(folder, 'mine');
  await writeFile(target, 'a letter');
  expect(await run('backup', target)).toMatchObject({
    code: 1,
    errors: `${target} is there already. Name another file.\n`,
  });
  expect(await readFile(target, 'utf8')).toBe('a letter');
});

it('says that there is nothing, and that a file must be named', async () => {
  expect((await run('backup')).errors).toBe(`${database} is not there: there is nothing to back up.\n`);
  expect((await run('restore')).errors).toBe('Name the backup: npm run restore -- file\n');
  expect((await run('restore', join(folder, 'none'))).errors).toBe(
    `${join(folder, 'none')} is not there, or no file.\n`,
  );
});

it('takes the file that STORE_URL names, and leaves PostgreSQL to its own programs', async () => {
  database = join(folder, 'elsewhere.sqlite');
  await written(1);
  const { last } = await runWith({ STORE_URL: `sqlite:${database}` }, 'backup', '--json');
  expect(await found(String(last['file']))).toBe(1);
  const postgres = { STORE_URL: 'postgres://tenuto:secret@127.0.0.1:5432/tenuto' };
  const why = 'STORE_URL names PostgreSQL, which has a program of its own for this: ';
  expect(await runWith(postgres, 'backup')).toMatchObject({ code: 1, out: '', errors: `${why}pg_dump\n` });
  expect(await runWith(postgres, 'restore', 'x')).toMatchObject({ code: 1, out: '', errors: `${why}pg_restore\n` });
  expect((await runWith({ STORE_URL: 'mysql:x' }, 'backup')).errors).toContain('STORE_URL must be sqlite:path');
});

it('makes no backup of a damaged database, and leaves nothing half done', async () => {
  await withStore(database, (store) =>
    store.setMany(Array.from({ length: 500 }, (_, index) => ({ key: `k:${index}`, value: 'x'.repeat(200) }))),
  );
  const bytes = await readFile(database);
  await writeFile(database, bytes.fill(0xa5, 4_096 * 4, 4_096 * 8));
  await expect(backUp(database, join(folder, 'copy'))).rejects.toThrow(`${database} is damaged`);
  expect(await names()).toEqual(['tenuto.sqlite']);
});

describe('a restore', () => {
  let backup: string;
  beforeEach(async () => {
    await written('then');
    backup = join(folder, 'backup');
    await backUp(database, backup);
    await written('now');
  });

  const refused = async (why: string) => {
    await expect(restore(backup, database)).rejects.toThrow(`${backup} ${why}`);
    expect(await found()).toBe('now');
    expect(await names()).toEqual(['backup', 'tenuto.sqlite']);
  };
  const alter = (sql: string) => {
    const file = new DatabaseSync(backup);
    file.exec(sql);
    file.close();
  };

  it('can be undone by restoring what was there', async () => {
    const { before } = await restore(backup, database);
    expect(await found()).toBe('then');
    await restore(String(before), database);
    expect(await found()).toBe('now');
    expect((await names()).filter((name) => name.includes('.before-restore-'))).toHaveLength(2);
  });

  it('works where there is no database yet', async () => {
    const elsewhere = join(folder, 'new', 'tenuto.sqlite');
    expect((await restore(backup, elsewhere)).before).toBeNull();
    expect(await found(elsewhere)).toBe('then');
  });

  it('works where the present database is damaged', async () => {
    await writeFile(database, 'nonsense');
    const { before } = await restore(backup, database);
    expect(await found()).toBe('then');
    expect(await readFile(String(before), 'utf8')).toBe('nonsense');
  });

  it('takes a file of version 1', async () => {
    alter('PRAGMA user_version = 1');
    await restore(backup, database);
    expect(await found()).toBe('then');
  });

  it('refuses a file of a later version', async () => {
    alter('PRAGMA user_version = 99');
    await refused('was written by a later version of this program.');
  });

  it('refuses the database of another program', async () => {
    alter('PRAGMA application_id = 42');
    await refused('is no database of this program.');
  });

  it('refuses what is no database, half a one, and a damaged one', async () => {
    const whole = await readFile(backup);
    await writeFile(backup, 'this was written by hand, and is no database at all\n'.repeat(100));
    await refused('is damaged, or no database at all.');
    await writeFile(backup, whole.subarray(0, whole.length - 5_000));
    await refused('is damaged, or no database at all.');
    await writeFile(backup, Buffer.from(whole).fill(0xa5, 4_096, 8_192));
    await refused('is damaged, or no database at all.');
    await writeFile(backup, '');
    await refused('has nothing in it.');
    await rm(backup);
    await mkdir(backup);
    await expect(restore(backup, database)).rejects.toThrow(`${backup} is not there, or no file.`);
    expect(await found()).toBe('now');
  });
});
