import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { database } from '../../src/doctor/database.ts';
import { openStore } from '../../src/storage/index.ts';
import { openDatabase } from '../../src/storage/sqlite-file.ts';
import { modeBound } from '../storage/fixtures/mode-bound.ts';
import { PostgresServer, programs } from '../storage/fixtures/postgres-server.ts';

const DOCTOR = join(import.meta.dirname, '../../scripts/doctor.ts');

const NOTHING = {
  token: null,
  dataDir: '',
  ffmpegPath: '',
  ytDlpPaths: [],
  extractors: [],
  metricsPort: null,
  problems: [],
};
const look = (storeUrl: string) => database({ ...NOTHING, storeUrl });

describe('of a database file the doctor says', () => {
  let folder: string;
  let path: string;
  let url: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenuto-doctor-database-'));
    path = join(folder, 'tenuto.sqlite');
    url = `sqlite:${path}`;
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('where it is or will be, and leaves everything as it was', async () => {
    expect(await look(`sqlite:${join(folder, 'deep', 'tenuto.sqlite')}`)).toMatchObject({ verdict: 'ok' });
    expect(await readdir(folder)).toEqual([]);
    openDatabase(path).close();
    const before = await readdir(folder);
    expect(await look(url)).toEqual({ verdict: 'ok', found: `SQLite, ${path}` });
    expect(await readdir(folder)).toEqual(before);
  });

  it('that a bot has it, which goes on with it', async () => {
    const store = await openStore(url, () => undefined);
    onTestFinished(() => store.close());
    await store.set('a', 1);
    expect(await look(url)).toEqual({ verdict: 'ok', found: `SQLite, ${path}, open in a bot that runs` });
    await store.set('a', 2);
    expect(await store.get('a')).toBe(2);
    await expect(openStore(url, () => undefined)).rejects.toThrow('in use by another process');
  });

  it('that it is damaged or of another program, and that a later version keeps the bot from starting', async () => {
    await writeFile(path, 'my notes\n'.repeat(1_000));
    expect(await look(url)).toMatchObject({ verdict: 'warn', found: `SQLite, ${path} is damaged` });
    await rm(path);
    const theirs = new DatabaseSync(path);
    theirs.exec('CREATE TABLE customers (name TEXT)');
    theirs.close();
    expect(await look(url)).toMatchObject({ verdict: 'warn', found: `SQLite, ${path} is of another program` });
    await rm(path);
    const { database: ours, close } = openDatabase(path);
    ours.exec('PRAGMA user_version = 99');
    close();
    expect(await look(url)).toMatchObject({ verdict: 'fail', found: expect.stringContaining('a later version') });
  });

  it('that it may not be written', async () => {
    openDatabase(path).close();
    await chmod(path, 0o444);
    const { stdout } = spawnSync(...modeBound(process.execPath, [DOCTOR, '--json']), {
      cwd: folder,
      env: { PATH: process.env['PATH'], DATA_DIR: folder },
      encoding: 'utf8',
    });
    const { rows } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      readonly rows: readonly { readonly name: string }[];
    };
    expect(rows.find(({ name }) => name === 'database')).toMatchObject({
      verdict: 'fail',
      found: expect.stringContaining('cannot be written'),
    });
  });
});

describe('of a server the doctor says', () => {
  it('that nothing listens there, or that the URL cannot be read, without the password', async () => {
    const refused = await look('postgres://ada:CANARY@127.0.0.1:1/tenuto');
    expect(refused).toMatchObject({ verdict: 'fail', found: expect.stringContaining('nothing listens there') });
    const unreadable = await look('postgres://ada:CANARY%ff@127.0.0.1:1/tenuto');
    expect(unreadable).toMatchObject({ verdict: 'fail', found: expect.stringContaining('STORE_URL cannot be used') });
    expect(JSON.stringify([refused, unreadable])).not.toContain('CANARY');
  });

  it('its version, and takes nothing from a bot that runs', { skip: programs() === null }, async () => {
    const server = await PostgresServer.start();
    onTestFinished(() => server.remove());
    const url = await server.database('tenuto');
    const store = await openStore(url, () => undefined);
    onTestFinished(() => store.close());
    expect(await look(url)).toEqual({
      verdict: 'ok',
      found: expect.stringMatching(/^PostgreSQL \d+\.\d+.* at 127\.0\.0\.1:\d+, database "tenuto"$/),
    });
    await store.set('a', 1);
    expect(await store.get('a')).toBe(1);
  });
});
