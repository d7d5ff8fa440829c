import { join } from 'node:path';
import { makeFixtures, startMediaHost } from '../loopback/media.ts';
import { sleep } from '../src/lib/time.ts';
import { CONTESTANTS, type Contestant, type Running } from './contestants.ts';
import { Double, type Seat } from './double.ts';
import type { Conditions, Measurement, Outcome } from './measurement.ts';
import { report, type Round, type Sample } from './passthrough-report.ts';
import { cpuMs, rssMb } from './process-usage.ts';
import { jitter, quantile } from './statistics.ts';

const MEDIA = join(import.meta.dirname, '../data/loopback/media');
/** Longer than any process of the bench lives. */
const SONG_SECONDS = 90;
const PACKET_MS = 20;
/** Fewer packets a second than this were not heard as music, and what they cost means nothing. */
const LEAST_RATE = 45;
/** How many people type at once. */
const TYPING = 10;

interface Plan {
  readonly streams: readonly number[];
  readonly pairs: number;
  /** After the first stream began: a young process is still busy compiling what it runs. */
  readonly firstWarmUpMs: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

const FULL: Plan = { streams: [1, 10, 50], pairs: 3, firstWarmUpMs: 8_000, warmUpMs: 4_000, windowMs: 10_000 };
const QUICK: Plan = { streams: [1, 10], pairs: 2, firstWarmUpMs: 5_000, warmUpMs: 3_000, windowMs: 6_000 };

/** What playing costs when nothing is decoded: the same file, over the same wire, by Tenuto and by a player with nothing around it. */
export const passthrough: Measurement = {
  name: 'passthrough',
  title: 'CPU and memory of playing a WebM/Opus file without decoding it, Tenuto beside a bare @discordjs/voice player',
  async run(conditions) {
    if (process.platform !== 'linux') throw new Error('what another process uses is read from /proc: Linux only');
    await using ends = new AsyncDisposableStack();
    const media = await startMediaHost(await makeFixtures(MEDIA, { seconds: SONG_SECONDS }));
    ends.defer(() => media.close());
    const double = ends.use(await Double.start(conditions.signal));
    return await compare(double, media.urlOf('song.webm'), conditions);
  },
};

async function compare(double: Double, url: string, { quick, signal, say }: Conditions): Promise<Outcome> {
  const plan = quick ? QUICK : FULL;
  const seats: Seat[] = [];
  while (seats.length < Math.max(...plan.streams)) seats.push(await double.addSeat(seats.length + 1));

  const rounds: Record<Contestant, Round[]> = { tenuto: [], bare: [] };
  for (let pair = 0; pair < plan.pairs; pair += 1) {
    // The first in one pair is the second in the next, so that a machine that gets busier or calmer favours neither.
    const order: readonly Contestant[] = pair % 2 === 0 ? ['tenuto', 'bare'] : ['bare', 'tenuto'];
    for (const name of order) {
      const round = await playThrough(name, { double, seats, url, plan, signal });
      for (const seat of seats) await double.clear(seat);
      rounds[name].push(round);
      const cpu = round.samples.map(({ streams, cpuPercent }) => `${streams}: ${cpuPercent.toFixed(1)} %`).join(', ');
      say(`pair ${pair + 1} of ${plan.pairs}, ${name}: CPU at ${cpu}`);
    }
  }
  const problems = await double.problems();
  if (problems.length > 0) throw new Error(`the double met what it does not know: ${problems.join('; ')}`);
  return report(rounds, { seconds: plan.windowMs / 1_000, pairs: plan.pairs });
}

interface Stage {
  readonly double: Double;
  readonly seats: readonly Seat[];
  readonly url: string;
  readonly plan: Plan;
  readonly signal: AbortSignal;
}

/** One process, from its start to its end, that plays into more and more channels. */
async function playThrough(name: Contestant, stage: Stage): Promise<Round> {
  const { double, seats, plan, signal } = stage;
  signal.throwIfAborted();
  await using player = await CONTESTANTS[name](double);
  const idleRssMb = await rssMb(player.pid);
  const samples: Sample[] = [];
  try {
    for (const streams of plan.streams) {
      await startAll(player, seats.slice(samples.at(-1)?.streams ?? 0, streams), stage);
      await sleep(samples.length === 0 ? plan.firstWarmUpMs : plan.warmUpMs, signal);
      samples.push(await measure(player, seats.slice(0, streams), stage));
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(`${name} could not be measured; its last words:\n${player.lastWords()}`, { cause: error });
  }
  return { idleRssMb, samples };
}

/** Resolves when every listener hears something. */
async function startAll(player: Running, seats: readonly Seat[], { double, url }: Stage): Promise<void> {
  for (let first = 0; first < seats.length; first += TYPING) {
    const group = seats.slice(first, first + TYPING);
    await Promise.all(group.map((seat) => player.play(seat, url)));
    await Promise.all(group.map((seat) => double.hears(seat)));
  }
}

async function measure(player: Running, seats: readonly Seat[], { double, plan, signal }: Stage): Promise<Sample> {
  const counts = () => Promise.all(seats.map((seat) => double.heardCount(seat)));
  const heardBefore = await counts();
  const cpuBefore = await cpuMs(player.pid);
  const began = performance.now();
  await sleep(plan.windowMs, signal);
  const cpu = (await cpuMs(player.pid)) - cpuBefore;
  const elapsedMs = performance.now() - began;
  const heard = (await counts()).map((count, index) => count - (heardBefore[index] ?? 0));
  const slowestRate = (1_000 * Math.min(...heard)) / elapsedMs;
  if (slowestRate < LEAST_RATE) throw new Error(`a listener heard only ${slowestRate.toFixed(1)} packets a second`);

  const arrivals = seats[0] ? await double.heard(seats[0], heardBefore[0] ?? 0) : [];
  const off = jitter(
    arrivals.map(({ at }) => at),
    PACKET_MS,
  );
  return {
    streams: seats.length,
    cpuPercent: (100 * cpu) / elapsedMs,
    rssMb: await rssMb(player.pid),
    jitterP50Ms: quantile(off, 0.5),
    jitterP99Ms: quantile(off, 0.99),
    slowestRate,
    dave: arrivals.every(({ dave }) => dave),
  };
}
