import { join } from 'node:path';
import { run } from '../../loopback/demo/processes.ts';
import { sleep } from '../../src/lib/time.ts';
import { failure, inOneLine } from './report.ts';
import type { SeedResult } from './run-seed.ts';

const PROGRAM = join(import.meta.dirname, '../chaos.ts');
/** A seed whose process has not ended so long after its chaos hangs. */
const FINALE_MS = 240_000;

export interface PoolOptions {
  /** The first. */
  readonly seed: number;
  readonly seeds: number;
  readonly minutes: number;
  readonly guilds: number;
  readonly atOnce: number;
}

/** Runs each seed in a process of its own, several at the same time, and says a line about each that ended. */
export async function runSeeds(options: PoolOptions, say: (line: string) => void): Promise<readonly SeedResult[]> {
  const results: SeedResult[] = [];
  let next = options.seed;
  const lane = async () => {
    while (next < options.seed + options.seeds) {
      const result = await runAlone(next++, options);
      results.push(result);
      say(inOneLine(result));
      if (result.violations.length > 0) say(failure(result));
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.atOnce, options.seeds) }, lane));
  return results.toSorted((one, other) => one.seed - other.seed);
}

async function runAlone(seed: number, { minutes, guilds }: PoolOptions): Promise<SeedResult> {
  const program = run(PROGRAM, ['--raw', `--seed=${seed}`, `--minutes=${minutes}`, `--guilds=${guilds}`]);
  const over = new AbortController();
  const late = sleep(minutes * 60_000 + FINALE_MS, over.signal).then(() => {
    throw new Error('it hangs');
  });
  try {
    return JSON.parse(await Promise.race([program.line((line) => line.startsWith('{"seed":')), late])) as SeedResult;
  } catch (error) {
    return broken(seed, `its process: ${String(error)}`, program.output().split('\n').slice(-30));
  } finally {
    over.abort();
    late.catch(() => undefined);
    await program.end('SIGKILL');
  }
}

/** A seed of which nothing is known but that its process failed. */
const broken = (seed: number, violation: string, log: readonly string[]): SeedResult => ({
  seed,
  violations: [violation],
  done: [],
  steps: 0,
  faults: 0,
  commands: 0,
  frames: 0,
  op4: { guild: 0, shard: 0 },
  unhandled: 0,
  survived: 0,
  leaks: 0,
  seconds: 0,
  log,
});
