/**
 * `npm run media -- [--only text] [--lanes n] [--alone] [--markdown] [--json]`: what can go wrong between a file and the bot, one
 * thing at a time, and whether what is heard is as specified. Beside it ffmpeg with the reconnect flags that bots give it.
 * Without `--only` also every way to a host inside, and words and names that look like options.
 *
 *   --only      only faults and files whose names have this text: `403`, `song.mp3`
 *   --lanes     how many at a time (4)
 *   --alone     without ffmpeg beside it
 *   --markdown  the table as Markdown
 *   --json      adds one JSON object as the last line
 */
import { parseArgs } from 'node:util';
import { aligned, markdown } from './faults/report.ts';
import { runMatrix, type Row } from './media/run-matrix.ts';
import { isSafe, runSecurity } from './media/security.ts';
import { inWords, isTruncated, shortfalls, type Outcome } from './media/verdict.ts';

const OPTIONS = {
  only: { type: 'string', default: '' },
  lanes: { type: 'string', default: '4' },
  alone: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const { values } = parseArgs({ options: OPTIONS });
const lanes = Number(values.lanes);
if (!Number.isInteger(lanes) || lanes < 1) throw new Error('--lanes wants a number');
const life = new AbortController();
const stop = () => life.abort(new Error('interrupted'));
process.once('SIGINT', stop).once('SIGTERM', stop);

const { rows, internalHits, internalHitsOfFfmpeg, internalHitsUnguarded } = await runMatrix({
  only: values.only,
  lanes,
  compare: !values.alone,
  signal: life.signal,
  onRow: ({ fault, song, ours }) => console.error(`${fault}: ${song.name}: ${inWords(ours)} (${ours.ms} ms)`),
});
if (rows.length === 0) throw new Error(`no fault has "${values.only}" in its name`);

console.log(`\n${(values.markdown ? markdown : aligned)(table(rows))}`);
const summary = {
  ...figures(rows.map(({ expected, ours }) => ({ expected, outcome: ours }))),
  internal_hits: internalHits,
  internal_hits_unguarded: internalHitsUnguarded,
};
const ffmpeg = values.alone
  ? null
  : {
      ...figures(rows.flatMap(({ expected, ffmpeg: outcome }) => (outcome ? [{ expected, outcome }] : []))),
      internal_hits: internalHitsOfFfmpeg,
    };
console.log(`\nTenuto: ${JSON.stringify(summary)}`);
if (ffmpeg) console.log(`ffmpeg with reconnect flags: ${JSON.stringify(ffmpeg)}`);
const security = values.only === '' ? await runSecurity() : null;
if (security) console.log(`Ways inside, and words that look like options: ${JSON.stringify(security)}`);
const holds =
  summary.as_specified === summary.cases &&
  internalHits === 0 &&
  internalHitsUnguarded > 0 &&
  (security === null || isSafe(security));
process.exitCode = holds ? 0 : 1;
if (values.json) console.log(JSON.stringify({ ...summary, ...security, ...(ffmpeg && { ffmpeg }) }));

interface Judged {
  readonly expected: Row['expected'];
  readonly outcome: Outcome;
}

function figures(judged: readonly Judged[]) {
  const count = (has: (one: Judged) => boolean) => judged.filter(has).length;
  return {
    cases: judged.length,
    as_specified: count(({ expected, outcome }) => shortfalls(outcome, expected).length === 0),
    truncations_unnoticed: count(({ outcome }) => isTruncated(outcome)),
    replays: count(({ outcome }) => outcome.replayed),
    hangs: count(({ outcome }) => outcome.ending === 'hang'),
  };
}

function table(all: readonly Row[]): readonly (readonly string[])[] {
  return [
    ['fault', 'file', 'expected', 'heard', 'ms', 'as specified', 'ffmpeg with reconnect flags'],
    ...all.map(({ fault, song, expected, ours, ffmpeg }) => {
      const missed = shortfalls(ours, expected);
      const specified = missed.length === 0 ? 'yes' : `NO: ${missed.join(', ')}`;
      return [fault, song.name, expected, inWords(ours), String(ours.ms), specified, ffmpeg ? inWords(ffmpeg) : ''];
    }),
  ];
}
