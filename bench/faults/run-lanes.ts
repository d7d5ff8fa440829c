import { Lane } from '../lane.ts';
import type { PlayerName } from '../players.ts';
import { LeakWatch } from './leaks.ts';
import { AS_EXPECTED, playScenario, type Manner } from './play-scenario.ts';
import type { Scenario } from './scenario.ts';
import { warmUp } from './seating.ts';
import type { Result } from './verdict.ts';

/** Shorter than what is waited for otherwise: a minute is a row, and rows for a minute are a table. */
export const LANE_OPTIONS = {
  gateway: { heartbeatIntervalMs: 5_000 },
  voice: { heartbeatIntervalMs: 3_000 },
} as const;

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
  /** After these one had to be started again that ran, but did not play or leave when it was asked to. */
  readonly restarts: readonly string[];
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

/** Plays every scenario once, on several lanes at a time: those that end the program first, then those that may take longest. */
export async function runLanes(scenarios: readonly Scenario[], options: RunOptions): Promise<Ran> {
  const waiting = scenarios.toSorted((one, other) => weight(other) - weight(one));
  const lanes = Math.min(options.lanes, scenarios.length);
  const ran = await Promise.all(Array.from({ length: lanes }, () => runLane(waiting, options)));
  const rows = ran.flatMap((lane) => lane.rows);
  return {
    rows: scenarios.flatMap((scenario) => rows.filter((row) => row.scenario === scenario)),
    exits: ran.reduce((sum, { exits }) => sum + exits, 0),
    restarts: ran.flatMap(({ restarts }) => restarts),
    unhandled: ran.flatMap(({ unhandled }) => unhandled),
    leaks: ran.flatMap(({ leaks }) => leaks),
    op4: ran.flatMap(({ op4 }) => op4),
  };
}

const weight = ({ deadlineMs = 0, listenMs = 0, expects }: Scenario): number =>
  expects.outcome === 'ends' ? Number.MAX_SAFE_INTEGER : Math.max(deadlineMs, listenMs);

/** One lane, until no scenario waits any more. */
async function runLane(waiting: Scenario[], { player, manner = AS_EXPECTED, onRow, signal }: RunOptions): Promise<Ran> {
  await using lane = await Lane.start({ player, loopback: LANE_OPTIONS, signal });
  const leaks = player === 'tenuto' ? new LeakWatch(lane) : null;
  const rows: Row[] = [];
  const restarts: string[] = [];
  for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
    signal.throwIfAborted();
    if (leaks?.isOver && scenario.expects.outcome !== 'ends') {
      await warmUp(lane);
      await leaks.begin();
    }
    const before = lane.past.length;
    const result = await playScenario(lane, scenario, manner).catch((error: unknown) => String(error));
    const row = { scenario, result };
    rows.push(row);
    onRow(row);
    await leaks?.note(scenario.name);
    if (typeof result === 'string' || result.op4.length > STORM_OP4) await lane.restart('it was not itself');
    const stopped = lane.past.slice(before).filter(({ asked }) => asked);
    const behind = rows.at(-2)?.scenario.name ?? 'nothing';
    restarts.push(...stopped.map(({ why }) => `${scenario.name}, behind ${behind}: ${why}`));
  }
  const left = (await leaks?.verdict()) ?? [];
  const lives = await lane.close();
  const wanted = rows.filter(
    ({ scenario, result }) => outcomeIn(result) === 'ends' && scenario.expects.outcome === 'ends',
  );
  return {
    rows,
    exits: lives.filter(({ asked }) => !asked).length - wanted.length,
    restarts,
    unhandled: lives.flatMap(({ unhandled }) => unhandled),
    leaks: left,
    op4: [rows.flatMap(({ result }) => (typeof result === 'string' ? [] : result.op4)).toSorted((a, b) => a - b)],
  };
}

const outcomeIn = (result: Result | string): string => (typeof result === 'string' ? 'not played' : result.outcome);
