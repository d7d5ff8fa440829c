/** Something that must be shown, and whether it was. */
export interface Target {
  readonly what: string;
  /** Milliseconds, or a ratio; NaN when nothing was measured. */
  readonly figure: number;
  readonly limit: number;
  readonly met: boolean;
}

/** A figure that must stay below a limit, or may be the same. */
export function target(what: string, figure: number, limit: number, allowed: 'below' | 'or the same'): Target {
  return { what, figure, limit, met: allowed === 'below' ? figure < limit : figure <= limit };
}

/** For `missed`: a line for each that was not met. */
export const missedOf = (targets: readonly Target[]): readonly string[] =>
  targets.filter(({ met }) => !met).map(({ what, figure, limit }) => `${what}: ${figure}, not ${limit}`);
