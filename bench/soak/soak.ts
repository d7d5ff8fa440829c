import { sleep } from '../../src/lib/time.ts';
import { Dice } from '../chaos/dice.ts';
import { more } from '../chaos/resources.ts';
import { Lane, type Seat } from '../lane.ts';
import { rssMb } from '../process-usage.ts';
import { rounded } from '../statistics.ts';
import type { Holdings } from '../supervised.ts';
import { collected, type Collected } from './collected.ts';
import { INSPECTED } from './inspector.ts';
import { HURRY, hurry, live, startMusic } from './life.ts';
import { isFlat, lowest, slopeOf, type Point } from './slope.ts';

const SAMPLE_MS = 10_000;
const EVENT_MS = 4_000;
const SAMPLES_A_MINUTE = 6;
const LEAST_POINTS = 8;
const LONGEST_WARM_UP_MIN = 10;
/**
 * The part of the warm-up in which people hurry. In the rest garbage is collected as often as later: what a process holds
 * after full collections rises from the first of them on by 2 to 3 MB, for some minutes, and then no more.
 */
const HURRIED = 0.5;
/** Pooled connections and waits that are on their way to their end. */
const SETTLE_MS = 60_000;
/** How often all garbage is collected, once nobody hurries any more. */
const COLLECT_EVERY_MIN = 1;

export interface SoakOptions {
  readonly minutes: number;
  readonly guilds: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

interface Sample {
  readonly hours: number;
  readonly rssMb: number;
  /** NaN while the bot does not tell. */
  readonly heapMb: number;
}

/** Lets a bot play for a long time, and says whether it held more and more. */
export async function soak({ minutes, guilds, seed, say, signal }: SoakOptions) {
  await using lane = await Lane.start({ env: { ALONE_LEAVE_AFTER_MS: '5000', NODE_OPTIONS: INSPECTED } });
  const before = await lane.program.holdings();
  const seats = Array.from({ length: guilds }, () => lane.addSeat());
  await startMusic(lane, seats);
  const dice = new Dice(seed);
  const samples: Sample[] = [];
  const began = performance.now();
  const warmUpMinutes = Math.min(minutes / 3, LONGEST_WARM_UP_MIN);
  const cleaned: (Collected & { readonly hours: number })[] = [];
  const hurriedMinutes = warmUpMinutes * HURRIED;
  await watch(hurriedMinutes, hurry, EVENT_MS / HURRY);
  for (let minute = hurriedMinutes; minute < minutes; minute += COLLECT_EVERY_MIN) {
    const now = await collected(lane.program, signal);
    if (minute >= warmUpMinutes) cleaned.push({ hours: minute / 60, ...now });
    await watch(Math.min(minute + COLLECT_EVERY_MIN, minutes));
  }
  const leaks = await atRest(lane, seats, before);
  const problems = lane.loopback.problems();
  const warmUpHours = warmUpMinutes / 60;
  const judged = samples.filter(({ hours }) => hours >= warmUpHours);
  // A value a minute; in a short run more, or there would be no line to draw.
  const together = Math.max(1, Math.min(SAMPLES_A_MINUTE, Math.floor(judged.length / LEAST_POINTS)));
  const rss = slopeOf(
    lowest(
      judged.map(({ hours, rssMb }) => ({ x: hours, y: rssMb })),
      together,
    ),
  );
  const heap = slopeOf(lowest(judged.flatMap(heapPoint), together));
  const liveMb = slopeOf(cleaned.map(({ hours, liveMb }) => ({ x: hours, y: liveMb })));
  const collectedMb = slopeOf(cleaned.map(({ hours, rssMb }) => ({ x: hours, y: rssMb })));
  // What malloc holds after a collection is a high-water mark, which only ever rises: it is told, and RSS has it all the same.
  const flat = isFlat(liveMb) && isFlat(rss);
  const unhandled = lane.program.unhandled().length;
  for (const line of [...leaks, ...problems]) say(`left over or wrong: ${line}`);
  const count = (like: RegExp) => leaks.filter((leak) => like.test(leak)).length;
  return {
    ok: flat && leaks.length === 0 && problems.length === 0 && unhandled === 0,
    minutes,
    guilds,
    samples: samples.length,
    rss_mb: {
      first: samples[0]?.rssMb,
      last: samples.at(-1)?.rssMb,
      highest: Math.max(...samples.map(({ rssMb }) => rssMb)),
    },
    slope_mb_per_hour: rounded(rss.slope, 2),
    slope_standard_error: rounded(rss.error, 2),
    heap_slope_mb_per_hour: rounded(heap.slope, 2),
    heap_slope_standard_error: rounded(heap.error, 2),
    live: series(
      cleaned.map(({ liveMb }) => liveMb),
      liveMb,
    ),
    compiled: series(
      cleaned.map(({ compiledMb }) => compiledMb),
      slopeOf(cleaned.map(({ hours, compiledMb }) => ({ x: hours, y: compiledMb }))),
    ),
    collected_rss: series(
      cleaned.map(({ rssMb }) => rssMb),
      collectedMb,
    ),
    memory_flat: flat,
    leaked_timers: count(/^Timeout/),
    leaked_children: count(/^(children|ProcessWrap)/),
    leaked_handles: count(/^(?!Timeout|children|ProcessWrap)/),
    unhandled,
    problems: problems.length,
  };

  async function watch(untilMinutes: number, act = live, everyMs = EVENT_MS): Promise<void> {
    const elapsed = () => performance.now() - began;
    while (elapsed() < untilMinutes * 60_000) {
      await sleep(Math.min(everyMs, untilMinutes * 60_000 - elapsed() + 1), signal);
      await act(lane, seats, dice);
      if (elapsed() < samples.length * SAMPLE_MS) continue;
      const sample = await measure(lane, elapsed() / 3_600_000);
      samples.push(sample);
      if (samples.length % SAMPLES_A_MINUTE === 1)
        say(
          `${Math.round(sample.hours * 60)} min: RSS ${sample.rssMb.toFixed(1)} MB, heap ${sample.heapMb.toFixed(1)} MB`,
        );
    }
  }
}

async function measure({ program }: Lane, hours: number): Promise<Sample> {
  const heap = /^nodejs_heap_size_used_bytes (\S+)$/m.exec(await program.metrics())?.[1];
  return { hours, rssMb: await rssMb(program.pid), heapMb: Number(heap) / 2 ** 20 };
}

const series = (values: readonly number[], { slope, error }: ReturnType<typeof slopeOf>) => ({
  mb: values.map((value) => rounded(value, 2)),
  slope_mb_per_hour: rounded(slope, 2),
  slope_standard_error: rounded(error, 2),
});

const heapPoint = ({ hours, heapMb }: Sample): Point[] => (Number.isNaN(heapMb) ? [] : [{ x: hours, y: heapMb }]);

/** Everybody sends the bot away; what it then still holds more of than before the music, once that has had its time. */
async function atRest(lane: Lane, seats: readonly Seat[], before: Holdings): Promise<string[]> {
  for (const seat of seats) {
    await lane.player.leave(seat);
    seat.ada.leave();
  }
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const left = more(before, await lane.program.holdings());
    if (left.length === 0 || performance.now() > end) return left;
    await sleep(1_000);
  }
}
