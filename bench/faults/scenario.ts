import type { FaultName, FaultParams } from '../../loopback/faults.ts';

/** What a scenario ends in, as people in the channel meet it. */
export type Outcome =
  /** The song goes on in the same channel. */
  | 'plays on'
  /** The song goes on where somebody took the bot. */
  | 'moved'
  /** Nothing is tried for a while; people know when it will be. */
  | 'waits'
  /** Somebody wanted it out, and it stays out until it is asked for. */
  | 'stays out'
  /** Trying again would not help; people know why. */
  | 'gave up'
  /** It may not be heard, and said so. */
  | 'silenced'
  /** The guild is not its any more. */
  | 'guild gone'
  /** The process ended. */
  | 'ends'
  /** No music, and no word about it. */
  | 'silence';

/** What the specification demands of a scenario. Each number is the most that is allowed. */
export interface Expectation {
  readonly outcome: Outcome;
  /** The longest time between two frames, milliseconds; null where the music ends. */
  readonly gapMs: number | null;
  /** Frames that were not heard, beside those that reached the server when their session had ended. */
  readonly lost: number;
  readonly repeated: number;
  /** Op 4 from the fault on. */
  readonly op4: number;
  /** What the text channel must be told; null: nothing, unless the interruption was long enough to be heard. */
  readonly reads: RegExp | null;
}

interface Timed {
  /** After the first step; default 0. */
  readonly atMs?: number;
}

/** A fault is thrown. */
export interface Throw<Name extends FaultName = FaultName> extends Timed {
  readonly fault: Name;
  /** `{guild}`, `{lounge}`, `{studio}` and `{music}` stand for the ids of the guild and its channels. */
  readonly params: FaultParams<Name>;
  /** When a fault that lasts is lifted; left out, when the scenario is over. */
  readonly forMs?: number;
}

/** A person does something. */
export interface Act extends Timed {
  readonly person: 'ada' | 'ben';
  readonly does: 'join' | 'move' | 'leave';
  readonly where?: 'Lounge' | 'Studio' | 'Stage';
}

export type Step = Throw | Act;

/** One thing that goes wrong while a song plays, and what must come of it. */
export interface Scenario {
  readonly name: string;
  readonly family: string;
  readonly steps: readonly Step[];
  readonly expects: Expectation;
  /** `joining`: the steps are taken before the song is asked for, and the gap is the wait for its first frame. Default: playing. */
  readonly when?: 'playing' | 'joining';
  /** How long to listen at least, from the last step on. Default: one second. */
  readonly listenMs?: number;
  /** How long the outcome may take, from the last step on. Default: ten seconds. */
  readonly deadlineMs?: number;
}

export const GUILD = '{guild}';
export const LOUNGE = '{lounge}';
export const STUDIO = '{studio}';
export const MUSIC = '{music}';

/** A step that throws a fault; the compiler checks its parameters. */
export function fault<Name extends FaultName>(
  name: Name,
  params: FaultParams<Name>,
  times: { readonly atMs?: number; readonly forMs?: number } = {},
): Step {
  return { fault: name, params, ...times };
}

export const closes = (code: number, atMs = 0): Step => fault('close-voice', { guildId: GUILD, code }, { atMs });
export const cuts = (atMs = 0): Step => fault('cut-voice', { guildId: GUILD }, { atMs });

/** An interruption shorter than this is not worth a word. */
export const AUDIBLE_MS = 300;

const NOTHING_LOST = { lost: 0, repeated: 0 } as const;

/** The song goes on; without `reads` the interruption is too short for words. */
export const playsOn = (gapMs: number, op4: number, reads: RegExp | null = null): Expectation => ({
  outcome: 'plays on',
  gapMs,
  op4,
  reads,
  ...NOTHING_LOST,
});

/** The song goes on in the other channel. */
export const moved = (gapMs: number, op4: number, reads: RegExp | null = null): Expectation => ({
  ...playsOn(gapMs, op4, reads),
  outcome: 'moved',
});

/** The music ends, and people know why. */
export const endsIn = (
  outcome: Exclude<Outcome, 'plays on' | 'moved'>,
  op4: number,
  reads: RegExp | null,
): Expectation => ({ outcome, gapMs: null, op4, reads, ...NOTHING_LOST });
