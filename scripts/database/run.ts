import { parseArgs } from 'node:util';
import { parseConfig, VARIABLES } from '../../src/config.ts';

/** Backups need no token, so none is asked for. */
const PLACEHOLDER = 'MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.AAAAAA.a-placeholder-that-nobody-logs-in-with';

const SQLITE = 'sqlite:';

/** What the command line and the settings say. */
export interface Wish {
  readonly dataDir: string;
  /** The database of the bot. */
  readonly database: string;
  /** The file that was named, if any. */
  readonly file: string | undefined;
}

/** What was done: a line for people, and the same for programs. */
export interface Done {
  readonly said: string;
  readonly figures: object;
}

/**
 * Runs one command on the bot's database, and says how it ended; with `--json` the last line is one JSON object. Exit code 1
 * when it failed. `instead`: the program that does the same for PostgreSQL.
 */
export async function runOnDatabase(instead: string, act: (wish: Wish) => Promise<Done>): Promise<void> {
  const json = process.argv.includes('--json');
  try {
    const { positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
    if (positionals.length > 1) throw new Error('Name one file.');
    const { said, figures } = await act({ ...place(instead), file: positionals[0] });
    console.log(said);
    if (json) console.log(JSON.stringify({ ok: true, ...figures }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(why);
    if (json) console.log(JSON.stringify({ ok: false, why }));
    process.exitCode = 1;
  }
}

function place(instead: string): { dataDir: string; database: string } {
  const known = Object.fromEntries(VARIABLES.map((variable) => [variable, process.env[variable]]));
  const { dataDir, storeUrl } = parseConfig({ ...known, DISCORD_TOKEN: PLACEHOLDER });
  if (!storeUrl.startsWith(SQLITE))
    throw new Error(`STORE_URL names PostgreSQL, which has a program of its own for this: ${instead}`);
  return { dataDir, database: storeUrl.slice(SQLITE.length) };
}
