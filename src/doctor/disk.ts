import { mkdirSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { primaryCode } from '../storage/sqlite-verdict.ts';
import type { Finding, Prerequisites } from './check.ts';

const MEGABYTE = 1024 * 1024;
const LITTLE = 1024 * MEGABYTE;
const TOO_LITTLE = 100 * MEGABYTE;
const SQLITE_FULL = 13;

/** Whether a database in the data folder keeps what is written to it. It is one of its own, which is removed again. */
export function storage({ dataDir }: Prerequisites): Finding {
  const folder = resolve(dataDir);
  const path = join(folder, `.doctor-${crypto.randomUUID()}.sqlite`);
  try {
    mkdirSync(folder, { recursive: true });
    const mode = writeAndRead(path);
    if (mode === 'wal') return { verdict: 'ok', found: `SQLite ${process.versions.sqlite}, ${folder} is writable` };
    return { verdict: 'warn', found: `${folder} allows no write-ahead log`, advice: 'set DATA_DIR to a local disk' };
  } catch (error) {
    const found = `${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    const advice = isFull(error) ? 'make room on its disk' : 'make the folder writable for this user';
    return { verdict: 'fail', found, advice: `${advice}, or set DATA_DIR` };
  }
}

/** SQLite says it with its result code, the system when the folder cannot be made. */
function isFull(error: unknown): boolean {
  return primaryCode(error) === SQLITE_FULL || (error instanceof Error && 'code' in error && error.code === 'ENOSPC');
}

function writeAndRead(path: string): unknown {
  const database = new DatabaseSync(path);
  try {
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
    database.exec('CREATE TABLE note (held INTEGER); INSERT INTO note VALUES (1)');
    if (database.prepare('SELECT held FROM note').get()?.['held'] !== 1)
      throw new Error('what was written is not there');
    return mode;
  } finally {
    database.close();
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  }
}

/** Whether there is room in the data folder. */
export async function diskSpace({ dataDir }: Prerequisites): Promise<Finding> {
  const { bavail, bsize } = await statfs(resolve(dataDir));
  const free = bavail * bsize;
  const found = free >= LITTLE ? `${Math.floor(free / LITTLE)} GB free` : `${Math.floor(free / MEGABYTE)} MB free`;
  if (free >= LITTLE) return { verdict: 'ok', found };
  return {
    verdict: free >= TOO_LITTLE ? 'warn' : 'fail',
    found,
    advice: `make room on the disk of ${resolve(dataDir)}`,
  };
}
