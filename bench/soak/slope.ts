/** One value at one moment. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * A straight line through points at equal distances, by least squares: how steep, and how sure (one standard error). What memory
 * holds at one moment depends on the moment before, which makes chance look like a trend: the error is that of as many independent
 * points as they are worth, by the correlation of neighbours. NaN with fewer than three points.
 */
export function slopeOf(points: readonly Point[]): { readonly slope: number; readonly error: number } {
  const count = points.length;
  if (count < 3) return { slope: Number.NaN, error: Number.NaN };
  const mean = (figure: (point: Point) => number) => points.reduce((sum, point) => sum + figure(point), 0) / count;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
  const rests = points.map((point) => point.y - y - slope * (point.x - x));
  const squares = rests.reduce((sum, rest) => sum + rest ** 2, 0);
  const neighbours = rests.reduce((sum, rest, index) => sum + rest * (rests[index - 1] ?? 0), 0);
  const correlation = squares === 0 ? 0 : Math.max(0, neighbours / squares);
  const inflation = (1 + correlation) / (1 - correlation);
  return { slope, error: Math.sqrt((squares / (count - 2) / spread) * inflation) };
}

/** True when the slope is not steeper than chance explains: by two standard errors, which one flat series in 40 exceeds. */
export function isFlat({ slope, error }: { readonly slope: number; readonly error: number }): boolean {
  return slope <= 2 * error;
}

/** The lowest of each `size` points in a row: what a garbage collector left, and less of what it had not got to yet. */
export function lowest(points: readonly Point[], size: number): Point[] {
  const groups = Array.from({ length: Math.floor(points.length / size) }, (_, group) =>
    points.slice(group * size, (group + 1) * size),
  );
  return groups.flatMap((group) => group.toSorted((one, other) => one.y - other.y).slice(0, 1));
}
