import { runCrash } from './crash/run-crash.ts';
const life = new AbortController();
process
  .on('SIGINT', () => life.abort(new Error('interrupted')))
  .on('SIGTERM', () => life.abort(new Error('interrupted')));
const kills = Number(process.argv[2] ?? 3);
const figures = await runCrash({
  kills,
  guilds: Number(process.argv[3] ?? 3),
  seed: 1,
  signal: life.signal,
  say: (line) => console.log(line),
});
console.log(JSON.stringify(figures));
