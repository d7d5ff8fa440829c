import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describePostgres } from '../storage/postgres-client.ts';
import { inWords, isTaken, isWritable } from '../storage/sqlite-file.ts';
import { verdictOn, type Verdict } from '../storage/sqlite-verdict.ts';
import type { Finding, Prerequisites } from './check.ts';

const SQLITE = 'sqlite:';
const SET_ASIDE = 'npm run restore brings back a backup; else the start renames this file and begins anew';

/** What becomes of a file at the start, by what it is. */
const FILES: Readonly<Record<Verdict, Omit<Finding, 'found'> & { readonly what: string }>> = {
  ours: { verdict: 'ok', what: '' },
  blank: { verdict: 'ok', what: ', still empty' },
  damaged: { verdict: 'warn', what: ' is damaged', advice: SET_ASIDE },
  foreign: { verdict: 'warn', what: ' is of another program', advice: SET_ASIDE },
  later: {
    verdict: 'fail',
    what: ' was written by a later version of Tenuto',
    advice: 'start that version, or move the file away',
  },
};

/** Where queues and settings are kept, and whether that can be used. Takes nothing from a bot that runs. */
export async function database({ storeUrl }: Prerequisites): Promise<Finding> {
  try {
    if (storeUrl.startsWith(SQLITE)) return file(resolve(storeUrl.slice(SQLITE.length)));
    return { verdict: 'ok', found: await describePostgres(storeUrl) };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { verdict: 'fail', found };
  }
}

function file(path: string): Finding {
  if (!isWritable(nearest(path))) {
    const advice = 'let the user who runs Tenuto write to it and to its folder, or set STORE_URL';
    return { verdict: 'fail', found: `SQLite, ${path} cannot be written`, advice };
  }
  try {
    const taken = isTaken(path);
    // What only reads would leave a write-ahead log behind where nobody else has the file open.
    const { what, ...finding } = FILES[verdictOn(path, { readOnly: taken })];
    return { ...finding, found: `SQLite, ${path}${what}${taken ? ', open in a bot that runs' : ''}` };
  } catch (error) {
    throw inWords(path, error);
  }
}

/** The file, or the folder in which it will be made. */
function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}
