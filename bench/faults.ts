/**
 * `npm run faults -- [--only text] [--lanes n] [--compare] [--markdown] [--json]`: everything that Discord can do to a voice
 * connection, one thing at a time while a song plays, and whether what people hear and read is as specified.
 *
 *   --only      only faults whose name or family has this text, and no gaps and no storm
 *   --lanes     how many doubles and bots at a time (5)
 *   --times     how often each close is repeated for the gaps (5; 0 leaves them and the storm out)
 *   --compare   the same for the bare library, beside it
 *   --markdown  the tables as Markdown
 *   --json      adds one JSON object as the last line
 */
import { parseArgs } from 'node:util';
import { measureGaps } from './faults/gaps.ts';
import { mostInAMinute } from './faults/rates.ts';
import { aligned, comparison, markdown, shortfallsOf, table } from './faults/report.ts';
import { runLanes, type Ran, type Row } from './faults/run-lanes.ts';
import { SCENARIOS } from './faults/scenarios/index.ts';
import { joinBesideStorm, type JoinBesideStorm } from './faults/storm.ts';
import type { PlayerName } from './players.ts';

const OPTIONS = {
  only: { type: 'string', default: '' },
  lanes: { type: 'string', default: '5' },
  times: { type: 'string', default: '5' },
  compare: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;
/** The bare library has no expectation that could be met; it is given this long to make itself heard. */
const BARE = { patienceMs: 12_000, frames: 50 };

/** Nothing here waits for ever; this is for what nobody thought of. */
const LONGEST_MS = 30 * 60_000;

const { values } = parseArgs({ options: OPTIONS });
const began = performance.now();
const chosen = SCENARIOS.filter(({ name, family }) => `${family}: ${name}`.includes(values.only));
if (chosen.length === 0) throw new Error(`no fault has "${values.only}" in its name`);
const lanes = number('lanes', 1);
const times = values.only === '' ? number('times', 0) : 0;
const life = new AbortController();
const signal = AbortSignal.any([life.signal, AbortSignal.timeout(LONGEST_MS)]);
// A second signal ends this process the usual way; its children are gone by then.
const stop = () => life.abort(new Error('interrupted'));
process.once('SIGINT', stop).once('SIGTERM', stop);
const show = values.markdown ? markdown : aligned;

const [ran, storm] = await Promise.all([
  runLanes(chosen, { lanes, player: 'tenuto', onRow: say, signal }),
  times > 0 ? besideStorm() : null,
]);
console.log(`\n${show(table(ran.rows))}`);
const bare = values.compare ? await compare(ran) : null;
const gaps = times > 0 ? await measureGaps(times, { say: (line) => console.error(line), signal }) : null;
if (gaps) console.log(`\nAt closes after which the server accepts at once:\n${JSON.stringify(gaps, null, 2)}`);
if (storm) console.log(`\nFrom /play to the first frame beside a guild that storms: ${JSON.stringify(storm)}`);

const missed = ran.rows.filter((row) => shortfallsOf(row).length > 0);
for (const name of ran.restarts) console.log(`did not play or leave when asked to, after: ${name}`);
for (const line of [...ran.unhandled, ...ran.leaks]) console.log(line);
const summary = {
  ...figures(ran),
  as_specified: ran.rows.length - missed.length,
  leaks: ran.leaks.length,
  not_as_specified: missed.map(({ scenario }) => scenario.name),
  seconds: Math.round((performance.now() - began) / 1_000),
  ...(gaps && { gaps }),
  ...(storm && { join_beside_storm: storm }),
  ...(bare && { bare: figures(bare) }),
};
if (values.json) console.log(JSON.stringify(summary));
const clean = ran.exits + ran.restarts.length === 0 && ran.unhandled.length === 0 && ran.leaks.length === 0;
process.exitCode = missed.length === 0 && clean ? 0 : 1;

function number(option: 'lanes' | 'times', least: number): number {
  const value = Number(values[option]);
  if (!Number.isInteger(value) || value < least) throw new Error(`--${option} must be a whole number from ${least}`);
  return value;
}

function say(row: Row): void {
  const short = shortfallsOf(row);
  console.error(short.length === 0 ? `ok   ${row.scenario.name}` : `FAIL ${row.scenario.name}: ${short.join(', ')}`);
}

async function besideStorm(): Promise<Readonly<Record<PlayerName, JoinBesideStorm>>> {
  const [tenuto, other] = await Promise.all([joinBesideStorm('tenuto', signal), joinBesideStorm('bare', signal)]);
  return { tenuto, bare: other };
}

async function compare({ rows }: Ran): Promise<Ran> {
  const done = ({ scenario }: Row) => console.error(`bare ${scenario.name}`);
  const other = await runLanes(chosen, { lanes, player: 'bare', manner: BARE, onRow: done, signal });
  console.log(`\n${show(comparison(rows, other.rows))}`);
  return other;
}

function figures({ rows, exits, restarts, unhandled, op4 }: Ran) {
  const results = rows.flatMap(({ result }) => (typeof result === 'string' ? [] : [result]));
  const sum = (figure: (result: (typeof results)[number]) => number) =>
    results.reduce((total, result) => total + figure(result), 0);
  return {
    faults: rows.length,
    plays_on: results.filter(({ outcome }) => outcome === 'plays on' || outcome === 'moved').length,
    lost: sum(({ lost }) => lost),
    repeated: sum(({ repeated }) => repeated),
    max_op4_per_minute: Math.max(0, ...results.map(({ op4AMinute }) => op4AMinute)),
    max_op4_per_shard_and_minute: Math.max(0, ...op4.map(mostInAMinute)),
    process_exits: exits,
    restarts: restarts.length,
    unhandled: unhandled.length,
  };
}
