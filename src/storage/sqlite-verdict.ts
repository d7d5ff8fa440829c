import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** "Tnto": in the header of every file of ours, so that another program's database is not taken for one. */
export const APPLICATION_ID = 0x54_6e_74_6f;
/** Raised when an older program could not read what this one writes. 2: more kinds of operations in the journals of queues. */
export const FILE_VERSION = 2;
/** How long a lock of somebody else is waited for, milliseconds. */
export const BUSY_MS = 5_000;

/** What a file is to this program. `later`: ours, but of a version that this one does not know. */
export type Verdict = 'ours' | 'blank' | 'foreign' | 'damaged' | 'later';

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** Reads a whole file, its write-ahead log included, and says what it is. Throws when it cannot be read at all. */
export function verdictOn(path: string, { readOnly = false } = {}): Verdict {
  // SQLite deletes a log that it finds beside an empty file, and all that is in it.
  if (sizeOf(path) === 0) return sizeOf(`${path}-wal`) > 0 ? 'damaged' : 'blank';
  const database = new DatabaseSync(path, { timeout: BUSY_MS, readOnly });
  try {
    const version = pragma(database, 'user_version');
    const ours = pragma(database, 'application_id') === APPLICATION_ID;
    if (ours && version > FILE_VERSION) return 'later';
    const empty = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined && version === 0;
    if (!ours && !empty) return 'foreign';
    if (database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok') return 'damaged';
    return ours ? 'ours' : 'blank';
  } catch (error) {
    if (isDamage(error)) return 'damaged';
    throw error;
  } finally {
    database.close();
  }
}

/** Whether SQLite says that the file is damaged or no database. */
export function isDamage(error: unknown): boolean {
  return [SQLITE_CORRUPT, SQLITE_NOTADB].includes(primaryCode(error));
}

/** SQLite's primary result code (https://www.sqlite.org/rescode.html), or 0 for an error that is none of SQLite's. */
export function primaryCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
