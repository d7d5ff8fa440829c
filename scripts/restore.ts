/**
 * `npm run restore -- file [--json]`: puts a backup into the place of the bot's database, which is renamed and stays. The bot
 * must not be running.
 */
import { restore } from '../src/storage/sqlite-backup.ts';
import { runOnDatabase } from './database/run.ts';

await runOnDatabase('pg_restore', async ({ database, file }) => {
  if (file === undefined) throw new Error('Name the backup: npm run restore -- file');
  const { before, ...copy } = await restore(file, database);
  const kept = before === null ? '' : ` What was there is now ${before}`;
  return { said: `${database} is restored from ${file}.${kept}`, figures: { ...copy, before } };
});
