import type { HeardPacket } from '../ears.ts';
import { matchFrames, type FrameMatch } from '../ears.ts';

export const FRAME_MS = 20;
const SILENCE = 'f8fffe';

/** What was heard of one file, in the figures that the demo reports. */
export interface Listening {
  readonly match: FrameMatch;
  /** Frames of the file that are missing between the first and the last heard. */
  readonly lost: number;
  /** Every payload, silence aside, was a packet of the file, in the file's order. */
  readonly exact: boolean;
}

export function listening(heard: readonly HeardPacket[], frames: readonly Buffer[]): Listening {
  const match = matchFrames(heard, frames);
  const lost = match.gaps.reduce((sum, { missing }) => sum + missing, 0);
  return {
    match,
    lost,
    exact: match.matched.length > 0 && match.foreign.length === 0 && match.outOfOrder.length === 0,
  };
}

/** Everything but the silence that players send around pauses and ends. */
export const sounding = (heard: readonly HeardPacket[]): readonly HeardPacket[] =>
  heard.filter(({ opus }) => opus.toString('hex') !== SILENCE);

/**
 * Frames a second by the time of arrival: the slope of a straight line through all arrivals (least squares), so that the
 * jitter of the first and the last packet does not count for the whole.
 */
export function arrivalRate(heard: readonly HeardPacket[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const atMean = mean(heard.map(({ at }) => at));
  const indexMean = (heard.length - 1) / 2;
  let covariance = 0;
  let variance = 0;
  for (const [index, { at }] of heard.entries()) {
    covariance += (at - atMean) * (index - indexMean);
    variance += (index - indexMean) ** 2;
  }
  return (1_000 * variance) / covariance;
}

/** The longest silence between two packets, in milliseconds, and the packets around it. */
export function longestHole(heard: readonly HeardPacket[]): { ms: number; before: HeardPacket; after: HeardPacket } {
  const pairs = heard.flatMap((after, index) => {
    const before = heard[index - 1];
    return before ? [{ ms: after.at - before.at, before, after }] : [];
  });
  const longest = pairs.reduce((longest, pair) => (pair.ms > longest.ms ? pair : longest));
  return longest;
}
