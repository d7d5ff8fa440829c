import type { Point } from './slope.ts';

/** By how much the highest value of the second half is above that of the first; NaN when one of them has none. */
export function rise(points: readonly Point[]): number {
  const middle = ((points[0]?.x ?? 0) + (points.at(-1)?.x ?? 0)) / 2;
  const highest = (some: readonly Point[]) => (some.length === 0 ? Number.NaN : Math.max(...some.map(({ y }) => y)));
  return highest(points.filter(({ x }) => x > middle)) - highest(points.filter(({ x }) => x <= middle));
}
