/**
 * `npm run chaos -- [--seed N] [--seeds N] [--minutes M] [--guilds N] [--at-once N] [--json]`: faults and people by chance over
 * several guilds, and after each step a look whether everything that must hold does. A seed that failed replays with `--seed`.
 *
 *   --seed N     the seed, or the first one (default 1)
 *   --seeds N    so many seeds, from there on (default 1)
 *   --at-once N  so many of them in processes of their own at the same time (default 8)
 *   --minutes M  how long things go wrong, a seed (default 0.35); then everything must come to rest
 *   --guilds N   guilds of the bot (default 4)
 *   --json       the last line is one JSON object
 */
import { parseArgs } from 'node:util';
import { runSeeds } from './chaos/pool.ts';
import { summary } from './chaos/report.ts';
import { runSeed } from './chaos/run-seed.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '0.35' },
    guilds: { type: 'string', default: '4' },
    'at-once': { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
    /** One seed for another process, which reads the last line. */
    raw: { type: 'boolean', default: false },
  },
});
const [seed, seeds, minutes, guilds, atOnce] = (['seed', 'seeds', 'minutes', 'guilds', 'at-once'] as const).map(
  (name) => Number(values[name]),
) as [number, number, number, number, number];

if (values.raw) {
  console.log(JSON.stringify(await runSeed({ seed, minutes, guilds })));
} else {
  const began = performance.now();
  const results = await runSeeds({ seed, seeds, minutes, guilds, atOnce }, (line) => console.log(line));
  const figures = summary(results, Math.round((performance.now() - began) / 1_000));
  if (values.json) console.log(JSON.stringify(figures));
  process.exitCode = figures.passed === figures.seeds ? 0 : 1;
}
