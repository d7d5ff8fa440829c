import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { inWords, LATER, moveAway, takeLock } from './sqlite-file.ts';
import { BUSY_MS, isDamage, verdictOn, type Verdict } from './sqlite-verdict.ts';

/** Pages of 4 kB copied in one turn, so that the disk also has turns for others. */
const PAGES_PER_TURN = 64;

/** What the operator reads about a file that cannot be restored, or of which no backup can be made. */
const UNFIT: Readonly<Record<Exclude<Verdict, 'ours'>, string>> = {
  blank: 'has nothing in it.',
  foreign: 'is no database of this program.',
  damaged: 'is damaged, or no database at all.',
  later: LATER,
};

/** A file that was written, and found whole. */
export interface Copy {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Copies the database at `path`, as it is at one moment, into the one file `target`; a bot may go on writing meanwhile.
 * Throws, with a text for the operator and nothing left behind, when `target` is there already or the copy is not whole.
 */
export async function backUp(path: string, target: string): Promise<Copy> {
  if (!existsSync(path)) throw new Error(`${path} is not there: there is nothing to back up.`);
  if (existsSync(target)) throw new Error(`${target} is there already. Name another file.`);
  mkdirSync(dirname(target), { recursive: true });
  const unfinished = `${target}.unfinished-${process.pid}`;
  try {
    await copy(path, unfinished);
    // Fails when somebody has made `target` meanwhile; the rename alone would write over it.
    closeSync(openSync(target, 'wx'));
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return { file: target, bytes: statSync(target).size };
}

/**
 * Puts a copy of `source` into the place of the database at `path`, and renames the one that was there. Throws, with a text
 * for the operator and nothing changed, when a bot is running, or `source` is damaged, foreign or of a later version.
 */
export async function restore(source: string, path: string): Promise<Copy & { readonly before: string | null }> {
  if (statSync(source, { throwIfNoEntry: false })?.isFile() !== true)
    throw new Error(`${source} is not there, or no file.`);
  mkdirSync(dirname(path), { recursive: true });
  const lock = takeLock(path);
  const unfinished = `${path}.restoring`;
  try {
    rmSync(unfinished, { force: true });
    await copy(source, unfinished);
    const before = ['', '-wal'].some((suffix) => existsSync(path + suffix)) ? moveAway(path, 'before-restore') : null;
    renameSync(unfinished, path);
    return { file: path, bytes: statSync(path).size, before };
  } finally {
    rmSync(unfinished, { force: true });
    lock.close();
  }
}

/** Makes a whole copy that is one file, without a write-ahead log beside it. Throws when it is not whole and ours. */
async function copy(from: string, to: string): Promise<void> {
  try {
    const source = new DatabaseSync(from, { timeout: BUSY_MS, readOnly: true });
    try {
      // Holds one moment of the database: without it, each write of somebody else begins the copy anew
      // (https://www.sqlite.org/backup.html), and under a busy bot it would never end.
      source.exec('BEGIN');
      source.prepare('SELECT count(*) FROM sqlite_schema').get();
      await backup(source, to, { rate: PAGES_PER_TURN });
    } finally {
      source.close();
    }
    const made = new DatabaseSync(to);
    made.exec('PRAGMA journal_mode = DELETE');
    made.close();
  } catch (error) {
    throw isDamage(error) ? new Error(`${from} ${UNFIT.damaged}`, { cause: error }) : inWords(from, error);
  }
  const verdict = verdictOn(to);
  if (verdict !== 'ours') throw new Error(`${from} ${UNFIT[verdict]}`);
}
