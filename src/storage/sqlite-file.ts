import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** "Tnto": in the header of every file of ours, so that another program's database is not taken for one. */
const APPLICATION_ID = 0x54_6e_74_6f;
/** Raised when an older program could not read what this one writes. */
const FILE_VERSION = 1;
const BUSY_MS = 5_000;
/** A process that is just ending gets this long to let go. */
const LOCK_WAIT_MS = 1_000;
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

export interface DatabaseFile {
  readonly database: DatabaseSync;
  /** Where the file went that could not be used and was replaced by a new one, or null. */
  readonly setAside: string | null;
  close(): void;
}

/**
 * Opens or makes the file, for this process alone. A damaged or foreign file is renamed, never deleted, and a new one made.
 * Throws, with a text for the operator, when another process has it open, a later version wrote it, or it cannot be written.
 */
export function openDatabase(path: string): DatabaseFile {
  mkdirSync(dirname(path), { recursive: true });
  const lock = takeLock(path);
  try {
    const usable = existsSync(path) ? look(path) : true;
    const setAside = usable ? null : moveAway(path);
    const database = configured(path);
    const close = () => {
      database.close();
      lock.close();
    };
    return { database, setAside, close };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** A second database file that is only ever locked: the lock is the operating system's, so it ends with the process, also by SIGKILL. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: LOCK_WAIT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (primaryCode(error) !== SQLITE_BUSY) throw error;
    throw new Error(`${path} is in use by another process. Stop that one first: a data folder serves one at a time.`, {
      cause: error,
    });
  }
}

/** True when the file is whole and ours (or empty), false when it is damaged or another program's. */
function look(path: string): boolean {
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    const version = number(database, 'user_version');
    const ours = number(database, 'application_id') === APPLICATION_ID;
    if (ours && version > FILE_VERSION) {
      throw new Error(
        `${path} was written by a later version of this program. Start that version, or move the file away.`,
      );
    }
    const blank = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined && version === 0;
    const verdict = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    return (ours || blank) && verdict === 'ok';
  } catch (error) {
    if ([SQLITE_CORRUPT, SQLITE_NOTADB].includes(primaryCode(error))) return false;
    throw error;
  } finally {
    database.close();
  }
}

function moveAway(path: string): string {
  const aside = `${path}.corrupt-${new Date().toISOString().replaceAll(':', '-')}`;
  // The write-ahead log belongs to the file: without it the last writes could not be rescued, and a new file must not find it.
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

function configured(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    // WAL with FULL is the one mode in which a power cut takes back nothing that was committed: NORMAL does not flush
    // at commit (https://www.sqlite.org/pragma.html#pragma_synchronous).
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FILE_VERSION}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function number(database: DatabaseSync, pragma: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}

/** SQLite's primary result code (https://www.sqlite.org/rescode.html), or 0 for an error that is none of SQLite's. */
function primaryCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}
