import type { Expectation } from './expectations.ts';
import { compareSounds, decoded, type Comparison } from './pcm.ts';

/** How a reading ended: the end of the track, an error that says so, or not within its time. */
export type Ending = 'end' | 'error' | 'hang';

/** What was heard of one file behind one fault. */
export interface Outcome extends Comparison {
  readonly ending: Ending;
  /** What a person would read. */
  readonly said: string;
  readonly ms: number;
}

/** Packets that are those of the clean run one by one are judged by that; whatever is not is decoded and correlated. */
export function comparePackets(heard: readonly Buffer[], clean: readonly Buffer[]): Comparison {
  const same = heard.findIndex((packet, index) => clean[index]?.equals(packet) !== true);
  if (same === -1) return { part: heard.length / clean.length, replayed: false, foreign: false };
  return compareSounds(decoded(heard), decoded(clean));
}

/** Less than the whole, and nobody was told. */
export const isTruncated = ({ ending, part }: Outcome): boolean => ending === 'end' && part < 1;

/** In what an outcome falls short of what was expected; empty when it does not. */
export function shortfalls(outcome: Outcome, expected: Expectation): readonly string[] {
  const { ending, part, replayed, foreign } = outcome;
  return [
    ...(ending === 'hang' ? ['hangs'] : []),
    ...(isTruncated(outcome) ? ['cut off unnoticed'] : []),
    ...(replayed ? ['replays'] : []),
    ...(foreign && !replayed ? ['sound that is not the song'] : []),
    ...(expected === 'whole' && ending === 'error' ? [`failed at ${Math.round(part * 100)} %`] : []),
    ...(expected === 'told' && ending === 'end' && part === 1 ? ['heard whole, which nobody can have sent'] : []),
  ];
}

/** An outcome in a few words. */
export function inWords({ ending, part, replayed, foreign, said }: Outcome): string {
  const share = part === 1 ? 'whole' : `${Math.floor(part * 100)} %`;
  const how = {
    end: part === 1 ? '' : ', as if that were all',
    error: `, then: ${said}`,
    hang: ', then nothing for ever',
  };
  return `${share}${replayed ? ', replayed' : ''}${foreign && !replayed ? ', with noise' : ''}${how[ending]}`;
}
