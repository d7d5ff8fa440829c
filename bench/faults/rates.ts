const MINUTE_MS = 60_000;

/** The most of these moments (milliseconds, ascending) that lie within any one minute. */
export function mostInAMinute(moments: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, moment] of moments.entries()) {
    while (moment - (moments[first] ?? moment) >= MINUTE_MS) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
