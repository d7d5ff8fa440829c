import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/storage/index.ts';
import { openDatabase } from '../../src/storage/sqlite-file.ts';
import { mountSmallDisk } from './fixtures/bad-disks.ts';
import { modeBound } from './fixtures/mode-bound.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const TOKEN = 'MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.AbCdEf.three-parts-with-dots-between-them-x1';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-start-'));
  path = join(folder, 'tenuto.sqlite');
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

/** Starts the bot on the folder; when nothing else stops it, that there is no Discord does. */
async function start(dataDir = folder) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    DISCORD_TOKEN: TOKEN,
    DISCORD_API_URL: 'http://127.0.0.1:1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
  };
  const [program, args] = modeBound(process.execPath, [MAIN]);
  const child = spawn(program, args, { cwd: tmpdir(), env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const logged = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  return { code, errors, logged };
}

const NO_DISCORD = 'Tenuto cannot start: connect ECONNREFUSED 127.0.0.1:1\n';

describe('the bot does not start, ends with 1 and says why', () => {
  it('while another process has its data folder', async () => {
    const { close } = openDatabase(path);
    const { code, errors } = await start();
    close();
    expect({ code, errors }).toEqual({
      code: 1,
      errors: `Tenuto cannot start: ${path} is in use by another process. Stop that one first: a data folder serves one at a time.\n`,
    });
  });

  it('when a later version wrote the database, and leaves it as it is', async () => {
    openDatabase(path).close();
    const later = new DatabaseSync(path);
    later.exec('PRAGMA user_version = 3');
    later.close();
    const before = await readFile(path);
    expect(await start()).toMatchObject({
      code: 1,
      errors: `Tenuto cannot start: ${path} was written by a later version of this program. Start that version, or move the file away.\n`,
    });
    expect(await readFile(path)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.includes('corrupt'))).toEqual([]);
  });

  it('when its data folder is read-only', async () => {
    await chmod(folder, 0o555);
    const { code, errors } = await start();
    expect(code).toBe(1);
    expect(errors).toBe(
      `Tenuto cannot start: storage: ${folder} cannot be written: unable to open database file (make the folder writable for this user, or set DATA_DIR)\n`,
    );
  });

  it('when its disk is full, with an advice that helps', async () => {
    const disk = await mountSmallDisk();
    // No other disk can be filled.
    if (disk === null) return;
    disk.fill();
    expect(await start(disk.folder)).toMatchObject({
      code: 1,
      errors: `Tenuto cannot start: storage: ${disk.folder} cannot be written: database or disk is full (make room on its disk, or set DATA_DIR)\n`,
    });
  });

  it('when it may not write to the lock, which would then keep no second process out', async () => {
    openDatabase(path).close();
    await chmod(`${path}.lock`, 0o444);
    expect(await start()).toMatchObject({
      code: 1,
      errors: `Tenuto cannot start: ${path}.lock is read-only. Let the user who runs this program write to it and to its folder.\n`,
    });
  });

  it('when the database is read-only, or may not even be read', async () => {
    openDatabase(path).close();
    await rm(`${path}.lock`);
    await chmod(path, 0o444);
    expect(await start()).toMatchObject({
      code: 1,
      errors: `Tenuto cannot start: ${path} is read-only. Let the user who runs this program write to it and to its folder.\n`,
    });
    await chmod(path, 0o000);
    expect(await start()).toMatchObject({
      code: 1,
      errors: `Tenuto cannot start: ${path} cannot be opened. Let the user who runs this program read and write it and its folder.\n`,
    });
  });
});

describe('the bot starts, and says loudly what became of the database', () => {
  const told = async () => {
    const { errors, logged } = await start();
    // Everything before Discord went well.
    expect(errors).toBe(NO_DISCORD);
    return logged.filter(({ level, msg }) => level === 50 && String(msg).startsWith(path)).map(({ msg }) => msg);
  };
  const aside = async () => (await readdir(folder)).filter((name) => name.includes('.corrupt-'));

  it('when that was another program’s', async () => {
    const theirs = new DatabaseSync(path);
    theirs.exec("CREATE TABLE customers (name TEXT); INSERT INTO customers VALUES ('Ada')");
    theirs.close();
    const said = await told();
    const [name = ''] = await aside();
    expect(said).toEqual([
      `${path} was made by another program. It was renamed to ${join(folder, name)}, and everything begins anew in a fresh file. A backup is brought back by: npm run restore`,
    ]);
    const kept = new DatabaseSync(join(folder, name), { readOnly: true });
    expect(kept.prepare('SELECT name FROM customers').all()).toEqual([{ name: 'Ada' }]);
    kept.close();
  });

  it('when it is a text file, and again for the next one', async () => {
    await writeFile(path, 'my notes\n'.repeat(1_000));
    expect(await told()).toEqual([expect.stringContaining(`${path} is damaged. It was renamed to `)]);
    await writeFile(path, 'more of my notes\n'.repeat(1_000));
    expect(await told()).toHaveLength(1);
    expect(await aside()).toHaveLength(2);
  });

  it('when a page in the middle of it is damaged', async () => {
    const store = await openStore(`sqlite:${path}`, () => undefined);
    const entries = Array.from({ length: 1_000 }, (_, index) => ({ key: `k:${index}`, value: 'x'.repeat(100) }));
    await store.setMany(entries);
    await store.close();
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xa5, 4_096 * 10, 4_096 * 11));
    expect(await told()).toEqual([
      expect.stringMatching(
        /is damaged\. It was renamed to .*, and \d+ records that could be read went into a fresh file/,
      ),
    ]);
  });

  it('but is silent when all is well, and when the file is of version 1', async () => {
    openDatabase(path).close();
    const file = new DatabaseSync(path);
    file.exec('PRAGMA user_version = 1');
    file.close();
    expect(await told()).toEqual([]);
    const { database, close } = openDatabase(path);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
    close();
  });
});

it('makes a folder that is not there', async () => {
  const deep = join(folder, 'deep', 'data');
  expect((await start(deep)).errors).toBe(NO_DISCORD);
  expect(await readdir(deep)).toContain('tenuto.sqlite');
});
