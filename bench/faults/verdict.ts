import { AUDIBLE_MS, type Expectation, type Outcome } from './scenario.ts';
import type { Hearing } from './witness.ts';

/** What Discord and the listener can tell about a player when a scenario is over. */
export interface Situation {
  readonly running: boolean;
  readonly inGuild: boolean;
  /** Frames of the song still arrive. */
  readonly audible: boolean;
  /** Where it is in voice. */
  readonly channel: 'lounge' | 'elsewhere' | null;
  /** By others: muted, or not allowed to speak. */
  readonly silenced: boolean;
  /** What the text channel was told last. */
  readonly lastText: string | null;
}

/** What a scenario came to. */
export interface Result extends Hearing {
  readonly outcome: Outcome;
  /** When op 4 was sent from the fault on, by the double's clock. */
  readonly op4: readonly number[];
  readonly op4AMinute: number;
  readonly messages: number;
  readonly texts: readonly string[];
  readonly mostLive: number;
  readonly problems: readonly string[];
  readonly unhandled: readonly string[];
}

/** More than one message for one incident, and one about what it led to, is a flood. */
const MESSAGES = 2;
const OP4_A_MINUTE = 5;
const LONGEST_LINE = 160;
/** A moment that Discord shows as "in 12 seconds". */
const LATER = /<t:\d+(:\w)?>/;
const BY_OTHERS = /disconnect(ed)? me|somebody|moderator|deleted/i;

/** What became of the music, told by what can be seen and heard from outside. */
export function outcomeOf({ running, inGuild, audible, channel, silenced, lastText }: Situation): Outcome {
  if (!running) return 'ends';
  if (!inGuild) return 'guild gone';
  if (audible) return channel === 'lounge' ? 'plays on' : 'moved';
  if (lastText === null) return 'silence';
  if (channel !== null && silenced) return 'silenced';
  if (LATER.test(lastText)) return 'waits';
  if (channel !== null) return 'silence';
  return BY_OTHERS.test(lastText) ? 'stays out' : 'gave up';
}

/** In what a result falls short of what was specified: a few words each. */
export function shortfalls(result: Result, expected: Expectation): readonly string[] {
  const { outcome, gapMs, lost, repeated, op4, reads } = expected;
  const heardIt = result.gapMs === null || result.gapMs >= AUDIBLE_MS;
  const checks: readonly (readonly [fails: boolean, words: string])[] = [
    [result.outcome !== outcome, `${result.outcome} instead of ${outcome}`],
    [gapMs !== null && (result.gapMs ?? Infinity) > gapMs, `gap above ${gapMs} ms`],
    [result.lost > lost, `${result.lost} frames lost`],
    [result.repeated > repeated, `${result.repeated} frames repeated`],
    [result.foreign > 0, `${result.foreign} packets that are not of the song`],
    [result.op4.length > op4, `${result.op4.length} op 4 instead of ${op4}`],
    [result.op4AMinute > OP4_A_MINUTE, `${result.op4AMinute} op 4 in a minute`],
    [reads !== null && !result.texts.some((text) => reads.test(text)), `nobody read ${String(reads)}`],
    [reads === null && !heardIt && result.messages > 0, 'told what nobody could hear'],
    [result.messages > MESSAGES, `${result.messages} messages`],
    [result.mostLive > 1, `${result.mostLive} voice sessions at a time`],
    [result.problems.length > 0, `the double complains: ${result.problems.join('; ')}`],
    [
      result.unhandled.length > 0,
      `unhandled: ${result.unhandled.map((line) => line.slice(0, LONGEST_LINE)).join('; ')}`,
    ],
  ];
  return checks.filter(([fails]) => fails).map(([, words]) => words);
}
