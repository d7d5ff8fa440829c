const LINE = '▬';
const KNOB = '🔘';

/** Exactly `cells` cells with the knob where the track is; without a knob when the length is not known. Any number may come in. */
export function progressBar(positionMs: number, durationMs: number | null, cells = 16): string {
  if (durationMs === null || !(durationMs > 0)) return LINE.repeat(cells);
  const share = positionMs / durationMs;
  // NaN fails every comparison, so it ends at the start.
  const cell = share > 0 ? Math.min(cells - 1, Math.floor(share * cells)) : 0;
  return LINE.repeat(cell) + KNOB + LINE.repeat(cells - 1 - cell);
}
