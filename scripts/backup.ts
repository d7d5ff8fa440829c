/**
 * `npm run backup [-- file] [--json]`: copies the bot's database into one file, also while the bot runs, and checks the copy.
 * Without a name the file is `backups/tenuto-<time>.sqlite` in the data folder. Nothing is written over.
 */
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { backUp } from '../src/storage/sqlite-backup.ts';
import { runOnDatabase } from './database/run.ts';

// The music comes first.
setPriority(constants.priority.PRIORITY_LOW);
await runOnDatabase('pg_dump', async ({ dataDir, database, file }) => {
  const began = performance.now();
  const time = new Date().toISOString().replaceAll(':', '-');
  const copy = await backUp(database, file ?? join(dataDir, 'backups', `tenuto-${time}.sqlite`));
  const figures = { ...copy, ms: Math.round(performance.now() - began) };
  return {
    said: `${copy.file}: ${copy.bytes} bytes, whole. It is brought back by: npm run restore -- ${copy.file}`,
    figures,
  };
});
