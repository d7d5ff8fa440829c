/**
 * `npm run soak -- [--minutes M] [--guilds N] [--seed N] [--json]`: a bot that plays for a long time while people skip and things go
 * wrong now and then, to see whether it holds more and more: memory after full collections, everything else by counting at the end.
 *
 *   --minutes M  how long (default 30); the first third, ten minutes at most, is warm-up and is not judged
 *   --guilds N   guilds that it plays in (default 6)
 *   --seed N     what chance does (default 1)
 *   --json       the last line is one JSON object
 */
import { parseArgs } from 'node:util';
import { soak } from './soak/soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    guilds: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const life = new AbortController();
const stop = () => life.abort(new Error('interrupted'));
process.on('SIGINT', stop).on('SIGTERM', stop);

const figures = await soak({
  minutes: Number(values.minutes),
  guilds: Number(values.guilds),
  seed: Number(values.seed),
  say: (line) => console.log(line),
  signal: life.signal,
});
if (values.json) console.log(JSON.stringify(figures));
process.exitCode = figures.ok ? 0 : 1;
