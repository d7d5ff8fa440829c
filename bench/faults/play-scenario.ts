import { until } from '../../loopback/until.ts';
import { sleep } from '../../src/lib/time.ts';
import type { Lane, Seat } from '../lane.ts';
import type { Scenario } from './scenario.ts';
import { cleared, playing } from './seating.ts';
import { takeSteps } from './steps.ts';
import { outcomeOf, type Result, type Situation } from './verdict.ts';
import { Witness } from './witness.ts';

/** A second of the song before the fault, and one after it. */
const FRAMES = 50;
const LISTEN_MS = 1_000;
const DEADLINE_MS = 10_000;
/** What does not play any more must stay so for this long. */
const HOLD_MS = 1_500;
/** Longer without a frame is no music. */
const STILL_MS = 500;

/** How a scenario is watched. */
export interface Manner {
  /** Nothing is expected: any sound ends the watch, and so does this much time. Null: as the scenario says. */
  readonly patienceMs: number | null;
  /** Frames before the fault and after it. */
  readonly frames: number;
}

export const AS_EXPECTED: Manner = { patienceMs: null, frames: FRAMES };

/** Plays a song in a fresh guild, lets the scenario happen, and tells what came of it. */
export async function playScenario(lane: Lane, scenario: Scenario, manner = AS_EXPECTED): Promise<Result> {
  const joining = scenario.when === 'joining';
  const seat = joining ? lane.addSeat() : await playing(lane, manner.frames);
  using witness = new Witness(lane, seat);
  try {
    const begun = performance.now();
    // What is answered to /play is the person's business; here it is the sound that counts.
    const asked = joining ? lane.player.play(seat, lane.songUrl).catch(() => undefined) : null;
    await Promise.all([takeSteps(lane, seat, scenario.steps), asked]);
    const taken = performance.now();
    const look = () => situation(lane, seat, witness, { taken, frames: manner.frames });
    await (manner.patienceMs === null
      ? settled(scenario, look, { witness, taken })
      : heardAgain(scenario, look, { taken, patienceMs: manner.patienceMs }));
    return {
      outcome: outcomeOf(look()),
      ...witness.hearing(begun, joining),
      op4: witness.op4Since(begun),
      op4AMinute: witness.op4AMinute,
      messages: witness.messages,
      // What is read when the guild is left is not of the fault.
      texts: [...witness.texts],
      mostLive: witness.mostLive,
      problems: witness.problems,
      unhandled: witness.unhandled,
    };
  } finally {
    lane.loopback.faults.liftAll();
    await cleared(lane, seat);
  }
}

interface Watch {
  readonly witness: Witness;
  /** When the last step was taken. */
  readonly taken: number;
}

/** Resolves when what is expected has come and stays, or when it is too late for it. */
async function settled(
  { expects, listenMs = LISTEN_MS, deadlineMs = DEADLINE_MS }: Scenario,
  look: () => Situation,
  { witness, taken }: Watch,
): Promise<void> {
  const { outcome, reads } = expects;
  const told = () => reads === null || witness.texts.some((text) => reads.test(text));
  const come = () => performance.now() - taken >= listenMs && outcomeOf(look()) === outcome && told();
  const lasts = outcome === 'plays on' || outcome === 'moved' || outcome === 'ends';
  const left = () => deadlineMs - (performance.now() - taken);
  await until('the outcome', come, Math.max(listenMs, left())).catch(() => undefined);
  if (!lasts) await sleep(HOLD_MS);
}

/** Resolves when there is any music, or patience has an end. */
async function heardAgain(
  { listenMs = LISTEN_MS }: Scenario,
  look: () => Situation,
  { taken, patienceMs }: { readonly taken: number; readonly patienceMs: number },
): Promise<void> {
  const come = () => {
    const { audible, running } = look();
    return !running || (audible && performance.now() - taken >= listenMs);
  };
  await until('music', come, Math.max(listenMs, patienceMs)).catch(() => undefined);
}

function situation(
  { loopback, program }: Lane,
  seat: Seat,
  witness: Witness,
  { taken, frames }: { readonly taken: number; readonly frames: number },
): Situation {
  const guild = loopback.world.guilds.get(seat.guildId);
  const botId = loopback.application.bot.id;
  const state = guild?.voiceStates.get(botId);
  const channelId = state?.channelId;
  const lastAt = seat.ears.packets.at(-1)?.at ?? 0;
  return {
    running: program.running,
    inGuild: guild?.members.has(botId) === true,
    audible: witness.framesSince(taken) >= frames && performance.now() - lastAt < STILL_MS,
    channel: channelId === undefined ? null : channelId === seat.lounge ? 'lounge' : 'elsewhere',
    silenced: state?.serverMute === true || state?.suppress === true,
    lastText: witness.texts.at(-1) ?? null,
  };
}
