/**
 * `npm run crash -- [--kills N] [--guilds N] [--seed N] [--json]`: people use the bot in several guilds, and it is killed with SIGKILL
 * again and again. After each restart everything must be as people were told.
 * `npm run crash -- --power [--rounds N] [--guilds N] [--seed N] [--json]`: the same question for a cut of the current, asked of the
 * store alone on a file system of its own. Linux and root only.
 *
 *   --kills N   how often it is killed (default 200, about a quarter of an hour)
 *   --rounds N  how often the current is cut (default 12)
 *   --guilds N  guilds with one person each (default 8)
 *   --seed N    what decides who does what, and when the bot dies (default 1). What it meets then is up to the machine
 *   --json      the last line is one JSON object
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runCrash } from './crash/run-crash.ts';
import type { CrashFigures } from './crash/tally.ts';
import { NoDisk } from './power/disk.ts';
import { runPower, type PowerFigures } from './power/run-power.ts';

const MOST_POSITION_ERROR_MS = 1_000;
/** Rounds of the control: the first one shows it already. */
const CONTROL_ROUNDS = 3;

const number = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
const Flags = z.object({
  kills: number(200),
  rounds: number(12),
  guilds: number(8),
  seed: number(1),
  power: z.boolean().default(false),
  json: z.boolean().default(false),
});
type Flags = z.infer<typeof Flags>;

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    rounds: { type: 'string' },
    guilds: { type: 'string' },
    seed: { type: 'string' },
    power: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});
const life = new AbortController();
const stop = () => life.abort(new Error('interrupted'));
process.on('SIGINT', stop).on('SIGTERM', stop);
const say = (line: string) => console.log(`  · ${line}`);

try {
  const flags = Flags.parse(values);
  await (flags.power ? power(flags) : crash(flags));
} catch (error) {
  console.error(error instanceof z.ZodError ? z.prettifyError(error) : error);
  process.exitCode = 2;
}

async function crash({ kills, guilds, seed, json }: Flags): Promise<void> {
  const figures = await runCrash({ kills, guilds, seed, signal: life.signal, say });
  conclude(unmet(figures), figures, json);
}

/** What must hold, and does not. */
function unmet(figures: CrashFigures): string[] {
  const holds: Readonly<Record<string, boolean>> = {
    'nothing that was acknowledged is lost': figures.lost === 0,
    'everything is as people were told': figures.wrong_states + figures.wrong_sounds === 0,
    [`the music goes on within ${MOST_POSITION_ERROR_MS} ms of where it broke off`]:
      figures.position_error_ms_p95 < MOST_POSITION_ERROR_MS,
    'the music comes back': figures.silent === 0 && figures.restored > 0,
    'every command is answered': figures.unanswered === 0,
    'the process lives until it is killed, and meets nothing unknown': figures.died_alone + figures.unhandled === 0,
    'nothing that Discord forbids': figures.problems === 0,
  };
  return Object.entries(holds).flatMap(([what, holding]) => (holding ? [] : [what]));
}

async function power({ rounds, guilds, seed, json }: Flags): Promise<void> {
  try {
    const options = { guilds, seed, signal: life.signal, say };
    const figures = await runPower({ ...options, synchronous: 'FULL', rounds });
    const control = await runPower({ ...options, synchronous: 'NORMAL', rounds: CONTROL_ROUNDS });
    const faults = [
      ...(figures.lost + figures.wrong_states === 0 ? [] : ['nothing that was acknowledged is lost']),
      ...(control.lost > 0 ? [] : ['a store that does not wait for the disk is seen to lose something']),
    ];
    conclude(faults, summary(figures, control), json);
  } catch (error) {
    if (!(error instanceof NoDisk)) throw error;
    conclude([], { power: null, why: error.message }, json);
  }
}

function summary(power: PowerFigures, control: PowerFigures) {
  return { power, control_acknowledged: control.acknowledged, control_lost: control.lost };
}

function conclude(faults: readonly string[], figures: object, json: boolean): void {
  const rows = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(28)}${JSON.stringify(value)}`);
  console.log(`\n${rows.join('\n')}\n`);
  for (const fault of faults) console.log(`  not as it should be: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
  if (json) console.log(JSON.stringify({ ok: faults.length === 0, ...figures }));
}
