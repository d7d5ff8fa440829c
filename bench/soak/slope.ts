/** One value at one moment. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A straight line through points, by least squares: how steep, and how sure (one standard error). NaN with fewer than three points. */
export function slopeOf(points: readonly Point[]): { readonly slope: number; readonly error: number } {
  const count = points.length;
  if (count < 3) return { slope: Number.NaN, error: Number.NaN };
  const mean = (figure: (point: Point) => number) => points.reduce((sum, point) => sum + figure(point), 0) / count;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
  const rest = points.reduce((sum, point) => sum + (point.y - y - slope * (point.x - x)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (count - 2) / spread) };
}

/** The lowest of each `size` points in a row: what a garbage collector left, and less of what it had not got to yet. */
export function lowest(points: readonly Point[], size: number): Point[] {
  const groups = Array.from({ length: Math.floor(points.length / size) }, (_, group) =>
    points.slice(group * size, (group + 1) * size),
  );
  return groups.flatMap((group) => group.toSorted((one, other) => one.y - other.y).slice(0, 1));
}
