import { sleep } from '../../src/lib/time.ts';
import { Lane } from '../lane.ts';
import type { PlayerName } from '../players.ts';
import type { Holdings, Supervised } from '../supervised.ts';
import { AS_EXPECTED, playScenario, type Manner } from './play-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Result } from './verdict.ts';

/** Shorter than what is waited for otherwise: a minute is a row, and rows for a minute are a table. */
export const LANE_OPTIONS = {
  gateway: { heartbeatIntervalMs: 5_000 },
  voice: { heartbeatIntervalMs: 3_000 },
} as const;

/** REST connections that nobody uses are closed after four seconds. */
const SETTLE_MS = 20_000;
const SETTLED_MS = 6_000;
const LOOK_MS = 500;
/** A client that has sent this much may be waiting for its own limit, and nothing can be measured on it for a minute. */
const STORM_OP4 = 20;

export interface Row {
  readonly scenario: Scenario;
  /** A text when the scenario could not be played. */
  readonly result: Result | string;
}

/** What became of all scenarios. */
export interface Ran {
  /** In the order of the scenarios. */
  readonly rows: readonly Row[];
  /** Processes that ended although nobody wanted it, and no row says so. */
  readonly exits: number;
  readonly unhandled: readonly string[];
  /** What was held open at the end beside what was held after the first song. */
  readonly leaks: readonly string[];
  /** The moments of all op 4 that followed a fault, lane by lane. */
  readonly op4: readonly (readonly number[])[];
}

export interface RunOptions {
  readonly lanes: number;
  readonly player: PlayerName;
  readonly manner?: Manner;
  readonly onRow: (row: Row) => void;
  readonly signal: AbortSignal;
}

/** Plays every scenario once, on several lanes at a time, those that may take longest first. */
export async function runLanes(scenarios: readonly Scenario[], options: RunOptions): Promise<Ran> {
  const waiting = scenarios.toSorted((one, other) => mayTakeMs(other) - mayTakeMs(one));
  const lanes = Math.min(options.lanes, scenarios.length);
  const ran = await Promise.all(Array.from({ length: lanes }, () => runLane(waiting, options)));
  const rows = ran.flatMap((lane) => lane.rows);
  return {
    rows: scenarios.flatMap((scenario) => rows.filter((row) => row.scenario === scenario)),
    exits: ran.reduce((sum, { exits }) => sum + exits, 0),
    unhandled: ran.flatMap(({ unhandled }) => unhandled),
    leaks: ran.flatMap(({ leaks }) => leaks),
    op4: ran.flatMap(({ op4 }) => op4),
  };
}

const mayTakeMs = ({ deadlineMs = 0, listenMs = 0 }: Scenario): number => Math.max(deadlineMs, listenMs);

/** One lane, until no scenario waits any more. */
async function runLane(waiting: Scenario[], { player, manner = AS_EXPECTED, onRow, signal }: RunOptions): Promise<Ran> {
  await using lane = await Lane.start({ player, loopback: LANE_OPTIONS, signal });
  const baselines = new WeakMap<Supervised, Holdings>();
  const rows: Row[] = [];
  for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
    signal.throwIfAborted();
    if (!baselines.has(lane.program) && lane.program.running)
      baselines.set(lane.program, await settledHoldings(lane, SETTLED_MS));
    const result = await playScenario(lane, scenario, manner).catch((error: unknown) => String(error));
    const row = { scenario, result };
    rows.push(row);
    onRow(row);
    if (typeof result === 'string' || result.op4.length > STORM_OP4) await lane.restart();
  }
  const baseline = baselines.get(lane.program) ?? {};
  const leaks = excess(await settledHoldings(lane, SETTLE_MS, baseline), baseline);
  const lives = await lane.close();
  const wanted = rows.filter(
    ({ scenario, result }) => outcomeIn(result) === 'ends' && scenario.expects.outcome === 'ends',
  );
  return {
    rows,
    exits: lives.filter(({ asked }) => !asked).length - wanted.length,
    unhandled: lives.flatMap(({ unhandled }) => unhandled),
    leaks,
    op4: [rows.flatMap(({ result }) => (typeof result === 'string' ? [] : result.op4)).toSorted((a, b) => a - b)],
  };
}

const outcomeIn = (result: Result | string): string => (typeof result === 'string' ? 'not played' : result.outcome);

/** What the program holds when nothing plays: the least of each kind within so much time, sooner when that is no more than `enough`. */
async function settledHoldings({ program }: Lane, ms: number, enough?: Holdings): Promise<Holdings> {
  const end = performance.now() + ms;
  let least = await program.holdings();
  const settled = () => enough !== undefined && excess(least, enough).length === 0;
  while (!settled() && performance.now() < end) {
    await sleep(LOOK_MS);
    const now = await program.holdings();
    const kinds = Object.keys({ ...least, ...now });
    least = Object.fromEntries(kinds.map((kind) => [kind, Math.min(least[kind] ?? 0, now[kind] ?? 0)]));
  }
  return least;
}

function excess(now: Holdings, before: Holdings): readonly string[] {
  return Object.entries(now)
    .filter(([kind, count]) => count > (before[kind] ?? 0))
    .map(([kind, count]) => `${kind}: ${count} instead of ${before[kind] ?? 0}`);
}
