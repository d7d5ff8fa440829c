import { DatabaseSync } from 'node:sqlite';
import { isDamage } from './sqlite-verdict.ts';

/** So often it is tried to get past a damaged place before the rest is given up. */
const MOST_MISSES = 100_000;
/** The longer a damaged place is, the greater the steps over it: row ids can have gaps of millions. */
const MISSES_PER_STRIDE = 256;

/** Copies every record that can still be read from a damaged file into a fresh one, and returns how many those are. All or none. */
export function rescue(from: string, into: DatabaseSync): number {
  try {
    const damaged = new DatabaseSync(from, { readOnly: true, defensive: false });
    try {
      // Without this, which a defensive connection refuses, SQLite reads nothing of a file that lost its end.
      damaged.exec('PRAGMA writable_schema = ON');
      into.exec('BEGIN');
      const records = copyReadable(damaged, into);
      into.exec('COMMIT');
      return records;
    } finally {
      damaged.close();
    }
  } catch {
    // Not even its first page can be read, or the disk takes no more: a fresh file is better than no start.
    if (into.isTransaction) into.exec('ROLLBACK');
    return 0;
  }
}

function copyReadable(damaged: DatabaseSync, into: DatabaseSync): number {
  const table = damaged.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = 'keyv'").get();
  into.exec(String(table?.['sql']));
  const insert = into.prepare('INSERT OR IGNORE INTO keyv (key, value, namespace, expires) VALUES (?, ?, ?, ?)');
  // A record that is no JSON would keep the bot from starting: strict reads refuse it.
  const select = damaged.prepare(
    "SELECT rowid, key, value, namespace, expires FROM keyv NOT INDEXED WHERE rowid >= ? AND typeof(key) = 'text' AND json_valid(value) ORDER BY rowid",
  );
  let [next, misses, missesHere, records] = [0, 0, 0, 0];
  while (misses < MOST_MISSES) {
    try {
      for (const { rowid, key, value, namespace, expires } of select.iterate(next)) {
        records += Number(insert.run(key ?? null, value ?? null, namespace ?? null, expires ?? null).changes);
        next = Number(rowid) + 1;
        missesHere = 0;
      }
      return records;
    } catch (error) {
      if (!isDamage(error)) throw error;
      misses += 1;
      missesHere += 1;
      next += 1 + Math.floor(missesHere / MISSES_PER_STRIDE);
    }
  }
  return records;
}
