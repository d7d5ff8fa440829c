import { accessSync, constants, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { rescue } from './sqlite-rescue.ts';
import { APPLICATION_ID, BUSY_MS, FILE_VERSION, primaryCode, verdictOn, type Verdict } from './sqlite-verdict.ts';

/** A process that is just ending gets this long to let go. */
const LOCK_WAIT_MS = 1_000;
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;

/** What the operator reads when the file cannot be used, by SQLite's result code; its own words name no file. */
const TROUBLES: Readonly<Record<number, string>> = {
  5: 'is locked by another program. Stop that one first.',
  8: 'is read-only. Let the user who runs this program write to it and to its folder.',
  10: 'cannot be used: its disk reports an error.',
  13: 'cannot be used: its disk is full. Make room there.',
  14: 'cannot be opened. Let the user who runs this program read and write it and its folder.',
};

export interface DatabaseFile {
  readonly database: DatabaseSync;
  /** What the operator must know of the file that was there and could not be used, or null. */
  readonly setAside: string | null;
  close(): void;
}

/**
 * Opens or makes the file, for this process alone. A damaged or foreign file is renamed, never deleted, and a new one made
 * with what can be read of a damaged one. Throws, with a text for the operator, when another process has it open, a later
 * version wrote it, or it cannot be written. `again`: throws where it would make a new one, as that one would lack what the
 * process has already written.
 */
export function openDatabase(path: string, again = false): DatabaseFile {
  mkdirSync(dirname(path), { recursive: true });
  const lock = takeLock(path);
  try {
    const { database, setAside } = openOrReplace(path, again);
    const close = () => {
      database.close();
      lock.close();
    };
    return { database, setAside, close };
  } catch (error) {
    lock.close();
    throw inWords(path, error);
  }
}

/**
 * Holds the data folder for this process; throws, with a text for the operator, while another one has it. A second database
 * file that is only ever locked: the lock is the operating system's, so it ends with the process, also by SIGKILL.
 */
export function takeLock(path: string): { close(): void } {
  const lockPath = `${path}.lock`;
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(lockPath, { timeout: LOCK_WAIT_MS });
    // SQLite opens what it may not write to only for reading, and then the lock would keep nobody out.
    if (!isWritable(lockPath)) throw new Error(`${lockPath} ${TROUBLES[SQLITE_READONLY]}`);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (primaryCode(error) !== SQLITE_BUSY) throw inWords(lockPath, error);
    throw new Error(`${path} is in use by another process. Stop that one first: a data folder serves one at a time.`, {
      cause: error,
    });
  }
}

/** Renames a file with what belongs to it, over nothing that is there, and returns its new path. */
export function moveAway(path: string, why: 'corrupt' | 'before-restore'): string {
  const name = `${path}.${why}-${new Date().toISOString().replaceAll(':', '-')}`;
  let aside = name;
  for (let number = 2; ['-wal', '-shm', ''].some((suffix) => existsSync(aside + suffix)); number += 1) {
    aside = `${name}-${number}`;
  }
  // The write-ahead log belongs to the file: without it the last writes could not be rescued, and a new file must not find it.
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

/** Whether this user may write to a file or folder that is there. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a process has it. Takes nothing from that one. */
export function isTaken(path: string): boolean {
  if (!existsSync(`${path}.lock`)) return false;
  const lock = new DatabaseSync(`${path}.lock`, { readOnly: true });
  try {
    lock.prepare('SELECT 1 FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (primaryCode(error) === SQLITE_BUSY) return true;
    throw error;
  } finally {
    lock.close();
  }
}

/** What the operator reads about a file of a later version. */
export const LATER = 'was written by a later version of this program. Start that version, or move the file away.';

function openOrReplace(path: string, again: boolean): { database: DatabaseSync; setAside: string | null } {
  const verdict = verdictOn(path);
  if (verdict === 'later') throw new Error(`${path} ${LATER}`);
  if (again && verdict !== 'ours') throw new Error(`${path} is not the database any more that it was.`);
  if (verdict === 'ours' || verdict === 'blank') return { database: configured(path), setAside: null };
  const aside = moveAway(path, 'corrupt');
  const database = configured(path);
  const records = verdict === 'damaged' ? rescue(aside, database) : 0;
  return { database, setAside: notice(path, verdict, aside, records) };
}

function notice(path: string, verdict: Verdict, aside: string, records: number): string {
  const what = verdict === 'damaged' ? 'is damaged' : 'was made by another program';
  const rest =
    records === 0
      ? 'everything begins anew in a fresh file'
      : `${records} records that could be read went into a fresh file, the others are missing`;
  return `${path} ${what}. It was renamed to ${aside}, and ${rest}. A backup is brought back by: npm run restore`;
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

/** The same failure for the operator: with the name of the file, and what to do. */
export function inWords(path: string, error: unknown): unknown {
  const trouble = TROUBLES[primaryCode(error)];
  return trouble === undefined ? error : new Error(`${path} ${trouble}`, { cause: error });
}
