import type { Segment } from '../sources/sponsorblock.ts';

export interface SegmentsSeen {
  /** In order, without overlaps. */
  readonly segments: readonly Segment[];
  readonly positionMs: number;
  /** Where in this track a person went last; null: nowhere. */
  readonly soughtMs: number | null;
  /** The one that was left out, or could not be, a moment ago. */
  readonly tried: Segment | null;
}

export type SegmentStep =
  | { readonly kind: 'skip'; readonly segment: Segment }
  /** Milliseconds of the track until there is something to do. */
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'nothing' };

/** So close to its end there is nothing to jump over, and a jump lands by half a packet before the place. */
const CLOSE_MS = 250;
/** Before the place where somebody went they are only when the track began anew. */
const ANEW_MS = 1_000;

/** What to do about the parts of a track that are no music: they are left out, but not where a person went on purpose. */
export function segmentStep({ segments, positionMs, soughtMs, tried }: SegmentsSeen): SegmentStep {
  const wanted = ({ startMs, endMs }: Segment) =>
    soughtMs !== null && startMs <= soughtMs && soughtMs < endMs && positionMs >= soughtMs - ANEW_MS;
  const next = segments.find(
    (one) => one.endMs - CLOSE_MS > positionMs && !(isIn(one, positionMs) && (one === tried || wanted(one))),
  );
  if (next === undefined) return { kind: 'nothing' };
  if (isIn(next, positionMs)) return { kind: 'skip', segment: next };
  return { kind: 'wait', ms: next.startMs - positionMs };
}

/** Whether a place lies in it. */
export const isIn = ({ startMs, endMs }: Segment, positionMs: number): boolean =>
  startMs <= positionMs && positionMs < endMs;
