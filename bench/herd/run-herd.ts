import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sleep, within } from '../../src/lib/time.ts';
import { cpuMs, rssMb } from '../process-usage.ts';
import { rounded } from '../statistics.ts';
import { Supervised } from '../supervised.ts';
import { Eyes } from './eyes.ts';
import { buildTown, type Home, type Town } from './town.ts';

export interface HerdPlan {
  readonly guilds: number;
  /** In so many of them the music plays; in all others it is paused, because two cores do not send 50 packets a second to each. */
  readonly playing: number;
  readonly outageMs: number;
  /** With which code the voice servers close whoever identifies or resumes meanwhile; null: nobody can connect. */
  readonly code: number | null;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** What came out; seconds (`_s`) and milliseconds (`_ms`) by the double's clock. */
export interface HerdFigures {
  readonly guilds: number;
  /** From the end of the outage until voice was ready in every guild. */
  readonly back_s: number;
  /** What so many joins take at the pace that Discord allows. */
  readonly minimum_s: number;
  readonly ratio: number;
  /** To the main gateway, in any minute of the run. */
  readonly peak_sends_per_minute: number;
  /** The longest that somebody waited from /play to music while the others came back. */
  readonly newcomer_ms: number;
  readonly op4_during_outage: number;
  readonly process_exits: number;
  readonly unhandled: number;
  readonly problems: number;
  /** Guilds in which voice was lost again. */
  readonly missing_at_the_end: number;
  readonly outage_s: number;
  /** From the start of the bot, which is paced in the same way, until voice was ready in every guild. */
  readonly connect_s: number;
  readonly playing: number;
  readonly playing_again: number;
  /** The longest silence in guilds that had their music back while others followed. */
  readonly longest_gap_ms: number;
  readonly bot_cpu_outage_s: number;
  readonly bot_cpu_back_s: number;
  readonly bot_rss_mb: number;
  /** The longest that the bot's event loop was held up, while voice was away and while all came back. */
  readonly bot_stall_outage_ms: number;
  readonly bot_stall_back_ms: number;
  /** The same of the double: what is measured cannot be better than that. */
  readonly double_stall_ms: number;
}

/** What Discord lets a client send a minute: https://discord.com/developers/docs/events/gateway#rate-limiting */
const GATEWAY_SENDS_PER_MINUTE = 120;
/** Far more than it should ever take. */
const PATIENCE = 2;
const GRACE_MS = 60_000;
/** After the first guild is back: when the herd has just begun to move, and when it has used up what may be sent. */
const NEWCOMERS_AFTER_MS = [0, 1_000, 3_000, 30_000, 90_000];
const NEWCOMER_MS = 30_000;
/** A second of music. */
const HEARD = 50;

/** An outage of all voice servers, and how the bot comes back from it. Rejects when it does not. */
export async function runHerd(plan: HerdPlan): Promise<HerdFigures> {
  await using ends = new AsyncDisposableStack();
  const { guilds, say } = plan;
  const minimumMs = (guilds / GATEWAY_SENDS_PER_MINUTE) * 60_000;
  const arrivals = NEWCOMERS_AFTER_MS.filter((ms) => ms === 0 || ms < minimumMs / 2);
  const town = await buildTown({ guilds, playing: plan.playing, newcomers: arrivals.length }, ends);
  const eyes = new Eyes(
    town.loopback,
    town.homes.map(({ guildId }) => guildId),
  );
  const began = performance.now();
  const bot = await Supervised.start('src/main.ts', town.env, (line) => line.includes('"msg":"ready"'));
  ends.defer(async () => void (await bot.end()));
  const stage: Stage = { ...plan, town, eyes, bot, deadlineMs: PATIENCE * minimumMs + GRACE_MS };
  try {
    await eyes.allReady(guilds, began, stage.deadlineMs, plan.signal);
    const connectMs = performance.now() - began;
    await listen(town.homes.slice(0, plan.playing));
    say(`${guilds} guilds connected after ${seconds(connectMs)} s; the music plays in ${plan.playing} of them`);
    const outage = await breakVoice(stage);
    say(`voice was away for ${seconds(plan.outageMs)} s, in which the bot asked for ${outage.joins} voice sessions`);
    const back = await comeBack(stage, outage.endedAt, arrivals);
    say(
      `all are back ${seconds(back.ms)} s later; who came meanwhile waited ${Math.round(back.newcomerMs)} ms at most`,
    );
    const exited = bot.running ? 0 : 1;
    // Before it ends: then it leaves as many channels as it may.
    const peakSends = eyes.peakSendsPerMinute;
    const missing = guilds - eyes.connected;
    const life = await bot.end();
    const problems = town.loopback.problems();
    for (const line of [...problems, ...life.unhandled]) say(line);
    return {
      guilds,
      back_s: seconds(back.ms),
      minimum_s: seconds(minimumMs),
      ratio: rounded(back.ms / minimumMs, 3),
      peak_sends_per_minute: peakSends,
      newcomer_ms: Math.round(back.newcomerMs),
      op4_during_outage: outage.joins,
      process_exits: exited,
      unhandled: life.unhandled.length,
      problems: problems.length,
      missing_at_the_end: missing,
      outage_s: seconds(plan.outageMs),
      connect_s: seconds(connectMs),
      playing: plan.playing,
      playing_again: back.playing,
      longest_gap_ms: Math.round(back.longestGapMs),
      bot_cpu_outage_s: seconds(outage.cpuMs),
      bot_cpu_back_s: seconds(back.cpuMs),
      bot_rss_mb: Math.round(back.rssMb),
      bot_stall_outage_ms: Math.round(outage.stallMs),
      bot_stall_back_ms: Math.round(back.stallMs),
      double_stall_ms: Math.round(back.doubleStallMs),
    };
  } catch (error) {
    if (plan.signal.aborted) throw error;
    throw new Error(`the bot's last words:\n${bot.lastWords()}`, { cause: error });
  }
}

interface Stage extends HerdPlan {
  readonly town: Town;
  readonly eyes: Eyes;
  readonly bot: Supervised;
  /** For what takes the minimum when all goes well. */
  readonly deadlineMs: number;
}

/** The longest that the bot's event loop was held up since the last time that it was asked; milliseconds, in steps of ten. */
async function stallMs(bot: Supervised): Promise<number> {
  const [, seconds] = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await bot.metrics()) ?? [];
  return Number(seconds) * 1_000;
}

async function breakVoice({ town, eyes, bot, outageMs, code, signal }: Stage) {
  await stallMs(bot);
  const cpuBefore = await cpuMs(bot.pid);
  const from = performance.now();
  const outage = town.loopback.faults.throw('voice-outage', code === null ? {} : { code });
  await sleep(outageMs, signal);
  const cpu = (await cpuMs(bot.pid)) - cpuBefore;
  for (const { ears } of town.homes) ears.clear();
  outage.lift();
  const endedAt = performance.now();
  return { endedAt, joins: eyes.joins(from, endedAt), cpuMs: cpu, stallMs: await stallMs(bot) };
}

async function comeBack(stage: Stage, endedAt: number, arrivals: readonly number[]) {
  const { town, eyes, bot, guilds, playing, deadlineMs, signal } = stage;
  const cpuBefore = await cpuMs(bot.pid);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  await eyes.allReady(1, endedAt, deadlineMs, signal);
  const come = async (home: Home, afterMs: number) => {
    await sleep(afterMs, signal);
    return await welcome(home, town.songUrl);
  };
  const welcomes = Promise.all(town.newcomers.map((home, index) => come(home, arrivals[index] ?? 0)));
  const [waits] = await Promise.all([welcomes, eyes.allReady(guilds, endedAt, deadlineMs, signal)]);
  delay.disable();
  const homes = town.homes.slice(0, playing);
  await listen(homes);
  const silences = homes.map(({ ears }) => longestGap(ears.packets.map(({ at }) => at)));
  return {
    ms: Math.max(...eyes.readySince(endedAt)) - endedAt,
    newcomerMs: Math.max(...waits),
    playing: silences.length,
    longestGapMs: Math.max(0, ...silences),
    cpuMs: (await cpuMs(bot.pid)) - cpuBefore,
    rssMb: await rssMb(bot.pid),
    stallMs: await stallMs(bot),
    doubleStallMs: delay.max / 1e6,
  };
}

/** Somebody in a guild that was not there before types /play. Resolves with the milliseconds until they hear it. */
async function welcome({ person, ears }: Home, songUrl: string): Promise<number> {
  const asked = performance.now();
  const heard = ears.waitFor(1, NEWCOMER_MS);
  const answered = person.slash('play', { query: songUrl }).then((interaction) => interaction.answered());
  const [[first], { ephemeral, content }] = await Promise.all([
    heard,
    within(NEWCOMER_MS, answered, () => new Error('/play was not answered')),
  ]);
  if (ephemeral) throw new Error(`/play was answered: ${content}`);
  return (first?.at ?? Number.NaN) - asked;
}

/** Resolves when each of them hears another second of music. */
async function listen(homes: readonly Home[]): Promise<void> {
  await Promise.all(homes.map(({ ears }) => ears.waitFor(ears.count + HEARD, GRACE_MS)));
}

const longestGap = (times: readonly number[]) =>
  times.reduce((longest, at, index) => Math.max(longest, at - (times[index - 1] ?? at)), 0);

const seconds = (ms: number) => rounded(ms / 1_000, 1);
