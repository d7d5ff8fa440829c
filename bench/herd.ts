/**
 * `npm run herd -- [--guilds N] [--outage S] [--code C] [--playing N] [--json]`: all voice servers go away under a bot that is in many
 * guilds, and come back. How long until everyone has music again, beside the least time that Discord's send limit allows?
 *
 *   --guilds N   guilds in which the bot is in voice (default 100, about two and a half minutes; 1,000 take twenty)
 *   --outage S   how long voice is away, in seconds (default 60)
 *   --code C     voice servers take connections meanwhile, and close them with this code (default: they are refused)
 *   --playing N  guilds in which the music plays; in all others it is paused (default 10)
 *   --json       the last line is one JSON object
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runHerd, type HerdFigures } from './herd/run-herd.ts';

const MOST_RATIO = 1.2;
const MOST_SENDS = 120;
const MOST_NEWCOMER_MS = 2_000;

const number = (least: number, fallback: number) => z.coerce.number().int().min(least).default(fallback);
const Flags = z.object({
  guilds: number(1, 100),
  outage: number(1, 60),
  code: z.coerce.number().int().nullable().default(null),
  playing: number(0, 10),
  json: z.boolean().default(false),
});

const { values } = parseArgs({
  options: {
    guilds: { type: 'string' },
    outage: { type: 'string' },
    code: { type: 'string' },
    playing: { type: 'string' },
    json: { type: 'boolean' },
  },
});

try {
  await herd(Flags.parse(values));
} catch (error) {
  console.error(error instanceof z.ZodError ? z.prettifyError(error) : explain(error));
  process.exitCode = 2;
}

async function herd({ guilds, outage, code, playing, json }: z.infer<typeof Flags>): Promise<void> {
  const life = new AbortController();
  const stop = () => life.abort(new Error('interrupted'));
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const figures = await runHerd({
    guilds,
    playing: Math.min(playing, guilds),
    outageMs: outage * 1_000,
    code,
    signal: life.signal,
    say: (line) => console.log(`  · ${line}`),
  });
  const faults = unmet(figures);
  console.log(
    `\n${Object.entries(figures)
      .map(([name, value]) => `  ${name.padEnd(24)}${value}`)
      .join('\n')}\n`,
  );
  for (const fault of faults) console.log(`  not as it should be: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
  if (json) console.log(JSON.stringify({ ok: faults.length === 0, ...figures }));
}

/** What must hold, and does not. */
function unmet(figures: HerdFigures): string[] {
  const holds: Readonly<Record<string, boolean>> = {
    [`back within ${MOST_RATIO} times the minimum`]: figures.ratio <= MOST_RATIO,
    [`at most ${MOST_SENDS} sends a minute`]: figures.peak_sends_per_minute <= MOST_SENDS,
    [`a newcomer hears music within ${MOST_NEWCOMER_MS} ms`]: figures.newcomer_ms < MOST_NEWCOMER_MS,
    'the process lives, and met nothing unknown': figures.process_exits + figures.unhandled === 0,
    'all stay connected': figures.missing_at_the_end === 0,
    'nothing that Discord forbids': figures.problems === 0,
  };
  return Object.entries(holds).flatMap(([what, holding]) => (holding ? [] : [what]));
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${explain(error.cause)}\n${error.message}`;
}
