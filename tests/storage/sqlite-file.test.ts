import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/storage/index.ts';
import type { Store } from '../../src/storage/store.ts';

describe('the sqlite file', () => {
  let folder: string;
  let path: string;
  let warnings: string[];
  const stores: Store[] = [];

  const open = async () => {
    const store = await openStore(`sqlite:${path}`, (line) => warnings.push(line));
    stores.push(store);
    return store;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenuto-file-'));
    path = join(folder, 'tenuto.sqlite');
    warnings = [];
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await rm(folder, { recursive: true });
  });

  it('is there again after a close', async () => {
    const store = await open();
    await store.set('a', 'kept');
    await store.close();
    expect(await (await open()).get('a')).toBe('kept');
    expect(warnings).toEqual([]);
  });

  it('is refused while another store has it open, and free again after that one is closed', async () => {
    const first = await open();
    await expect(open()).rejects.toThrow('in use by another process');
    await first.close();
    await (await open()).set('a', 1);
  });

  it('is refused while another process has it open, and free at once when that one is killed', async () => {
    const source = `
      import { openStore } from ${JSON.stringify(new URL('../../src/storage/index.ts', import.meta.url).href)};
      const store = await openStore(${JSON.stringify(`sqlite:${path}`)}, () => undefined);
      await store.set('a', 'theirs');
      process.stdout.write('open');
      setInterval(() => undefined, 1_000);
    `;
    const other = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(other.stdout, 'data');
      await expect(open()).rejects.toThrow('in use by another process');
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    expect(await (await open()).get('a')).toBe('theirs');
  });

  it('is set aside when it is no database, and said so', async () => {
    await writeFile(path, 'this was written by hand, and is no database at all\n'.repeat(100));
    await (await open()).set('a', 1);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/is damaged. It was renamed to .*tenuto\.sqlite\.corrupt-/);
    const aside = (await readdir(folder)).find((name) => name.includes('.corrupt-')) ?? '';
    expect(await readFile(join(folder, aside), 'utf8')).toContain('written by hand');
  });

  it('is set aside when bytes in the middle of it are damaged, and what can still be read goes on', async () => {
    const store = await open();
    await store.setMany(Array.from({ length: 500 }, (_, index) => ({ key: `k:${index}`, value: 'x'.repeat(200) })));
    await store.close();
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xa5, 4_096 * 2, 4_096 * 12));
    const rescued = await (await open()).keys('');
    expect(rescued.length).toBeGreaterThan(100);
    expect(rescued.length).toBeLessThan(500);
    expect(warnings[0]).toContain(`${rescued.length} records that could be read went into a fresh file`);
  });

  it('is set aside when another program made it', async () => {
    const theirs = new DatabaseSync(path);
    theirs.exec('CREATE TABLE customers (name TEXT)');
    theirs.close();
    await open();
    expect(warnings).toHaveLength(1);
  });

  it('is neither opened nor touched when a later version wrote it', async () => {
    await (await open()).close();
    const later = new DatabaseSync(path);
    later.exec('PRAGMA user_version = 99');
    later.close();
    await expect(open()).rejects.toThrow('written by a later version');
    expect((await readdir(folder)).filter((name) => name.includes('.corrupt-'))).toEqual([]);
  });

  it('says so when the folder cannot be made', async () => {
    await writeFile(join(folder, 'occupied'), '');
    path = join(folder, 'occupied', 'tenuto.sqlite');
    await expect(open()).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  it('is an unknown kind of storage when the URL says so', async () => {
    await expect(openStore('redis://localhost', () => undefined)).rejects.toThrow('use one of: memory, sqlite');
    await expect(openStore('', () => undefined)).rejects.toThrow('there is no storage');
  });
});
