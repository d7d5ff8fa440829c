/** The value below which the share `part` (0 to 1) of the values lies, between two of them where need be; NaN without values. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** How far each time between two arrivals (milliseconds) is from `expectedMs`. */
export function jitter(arrivals: readonly number[], expectedMs: number): number[] {
  return arrivals.slice(1).map((at, index) => Math.abs(at - (arrivals[index] ?? at) - expectedMs));
}
