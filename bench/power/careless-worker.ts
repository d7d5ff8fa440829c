import { DatabaseSync } from 'node:sqlite';

/**
 * The thread of the store with one word changed: it does not wait for the disk at each commit. Only to show that what is measured
 * here would be seen.
 */
const { prototype } = DatabaseSync;
// oxlint-disable-next-line typescript/unbound-method -- called with the right `this` below.
const exec = prototype.exec;
prototype.exec = function careless(this: DatabaseSync, sql: string) {
  return exec.call(this, sql.replace('synchronous = FULL', 'synchronous = NORMAL'));
};
await import('../../src/storage/sqlite-worker.ts');
