import { Lane } from '../lane.ts';
import type { PlayerName } from '../players.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { playScenario } from './play-scenario.ts';
import { LANE_OPTIONS } from './run-lanes.ts';
import { playsOn, type Scenario } from './scenario.ts';
import { ACCEPTED_AT_ONCE, closing } from './scenarios/codes.ts';
import type { Result } from './verdict.ts';

/** Half a second before, half a second after. */
const FRAMES = 25;
const PATIENCE_MS = 10_000;

/** What listeners lose at a close after which the server accepts again at once. */
export interface Gaps {
  readonly closes: number;
  readonly median_ms: number;
  readonly p95_ms: number;
  readonly max_ms: number;
  /** Beside frames that were on their way to a session that had ended. */
  readonly lost: number;
  readonly late: number;
  readonly repeated: number;
  /** After these the music did not come back. */
  readonly silent: readonly string[];
}

/** Closes the connection with each such code so many times, of the bot and of the bare library in turns, with nothing else running. */
export async function measureGaps(
  times: number,
  { say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<Readonly<Record<PlayerName, Gaps>>> {
  await using tenuto = await Lane.start({ player: 'tenuto', loopback: LANE_OPTIONS, signal });
  await using bare = await Lane.start({ player: 'bare', loopback: LANE_OPTIONS, signal });
  const results = { tenuto: new Map<string, Result>(), bare: new Map<string, Result>() };
  for (let time = 1; time <= times; time += 1) {
    for (const code of ACCEPTED_AT_ONCE) {
      const scenario: Scenario = {
        name: `${code}, time ${time}`,
        family: 'gaps',
        steps: [closing(code)],
        expects: playsOn(500, 2),
        listenMs: 0,
      };
      const manner = { patienceMs: PATIENCE_MS, frames: FRAMES };
      // Who is first in one turn is second in the next.
      const pair = [['tenuto', tenuto] as const, ['bare', bare] as const];
      for (const [name, lane] of time % 2 === 0 ? pair.toReversed() : pair)
        results[name].set(scenario.name, await playScenario(lane, scenario, manner));
    }
    say(`gaps, turn ${time} of ${times}`);
  }
  return { tenuto: summary(results.tenuto), bare: summary(results.bare) };
}

function summary(results: ReadonlyMap<string, Result>): Gaps {
  const all = [...results.values()];
  const heard = all.flatMap(({ gapMs, outcome }) => (gapMs === null || outcome !== 'plays on' ? [] : [gapMs]));
  const sum = (figure: (result: Result) => number) => all.reduce((total, result) => total + figure(result), 0);
  return {
    closes: all.length,
    median_ms: rounded(median(heard), 0),
    p95_ms: rounded(quantile(heard, 0.95), 0),
    max_ms: Math.max(...heard),
    lost: sum(({ lost }) => lost),
    late: sum(({ late }) => late),
    repeated: sum(({ repeated }) => repeated),
    silent: [...results].flatMap(([name, { outcome }]) => (outcome === 'plays on' ? [] : [`${name}: ${outcome}`])),
  };
}
