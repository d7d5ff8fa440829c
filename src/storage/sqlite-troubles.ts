import { StoreTrouble } from './store-trouble.ts';

/** What people are told, by SQLite's primary result code (https://www.sqlite.org/rescode.html). Other codes are faults of ours. */
const TROUBLES: Readonly<Record<number, string>> = {
  5: 'the database is locked by another program',
  6: 'the database is locked by another program',
  7: 'there is no memory left for the database',
  8: 'the database is read-only',
  10: 'the disk fails with an I/O error',
  11: 'the database is damaged',
  13: 'the disk is full',
  14: 'the database cannot be opened',
  26: 'the database is damaged',
};

/** The failure of a statement, by what SQLite said and its primary result code. */
export function sqliteFailure(said: string, code: number): Error {
  const words = TROUBLES[code];
  const exact = new Error(said);
  return words === undefined ? exact : new StoreTrouble(words, { cause: exact });
}
