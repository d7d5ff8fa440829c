import type { Subprocesses } from '../lib/subprocess.ts';
import { within } from '../lib/time.ts';
import { findYtDlp } from '../sources/yt-dlp-binary.ts';
import type { Check, Finding, Instruments, Prerequisites } from './check.ts';
import { CHECKS } from './checks.ts';
import { REINSTALL } from './native.ts';

const DEADLINE_MS = 30_000;

/** One row of the table. */
export interface Row extends Finding {
  readonly name: string;
  readonly severity: Check['severity'];
}

/** What the doctor says. */
export interface Report {
  /** False when something is missing without which the bot cannot work. */
  readonly canStart: boolean;
  readonly rows: readonly Row[];
}

/** What it takes to look. Who has found a yt-dlp before, or is just about to, gives it as `ytDlp`. */
export type Tools = Omit<Instruments, 'ytDlp'> & Partial<Pick<Instruments, 'ytDlp'>>;

/** Runs all checks at once. Never rejects: a check that throws or hangs has failed. */
export async function runDoctor(
  given: Prerequisites,
  tools: Tools,
  checks: readonly Check[] = CHECKS,
): Promise<Report> {
  const instruments = { ytDlp: findOnce(given.ytDlpPaths, tools.subprocesses), ...tools };
  const rows = await Promise.all(checks.map((check) => examine(check, given, instruments)));
  return { canStart: rows.every(({ severity, verdict }) => severity !== 'required' || verdict !== 'fail'), rows };
}

function findOnce(paths: readonly string[], subprocesses: Subprocesses): Instruments['ytDlp'] {
  let found: ReturnType<typeof findYtDlp> | null = null;
  return () => (found ??= findYtDlp(paths, subprocesses));
}

async function examine(check: Check, given: Prerequisites, instruments: Instruments): Promise<Row> {
  const { name, severity } = check;
  const late = () => new Error('it did not answer in time');
  try {
    const finding = await within(DEADLINE_MS, Promise.resolve(check.run(given, instruments)), late);
    return { name, severity, ...finding };
  } catch (error) {
    const [found = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { name, severity, verdict: 'fail', found, advice: REINSTALL };
  }
}

/** The report as a table for a person, advice under its row, and one line that sums it up. */
export function renderReport({ canStart, rows }: Report): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.flatMap((row) => [
    `${wordOf(row).padEnd(4)}  ${row.name.padEnd(width)}  ${row.found}`,
    ...(row.advice === undefined ? [] : [`${' '.repeat(width + 8)}-> ${row.advice}`]),
  ]);
  const notes = rows.filter(({ verdict }) => verdict !== 'ok').length;
  const sum = canStart
    ? notes === 0
      ? 'All is well.'
      : `Tenuto can start; ${notes} to look at.`
    : 'Tenuto cannot start.';
  return [...lines, '', sum].join('\n');
}

const wordOf = ({ verdict, severity }: Row): string =>
  verdict === 'fail' && severity === 'required' ? 'FAIL' : verdict;
