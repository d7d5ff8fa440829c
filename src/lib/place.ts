/** Somewhere in a track: so far from its beginning, or from where it is now. */
export interface Place {
  readonly from: 'beginning' | 'here';
  /** Milliseconds; negative to go back. */
  readonly ms: number;
}

const SECOND = 1_000;
/** `1:02:03`, `1:30`: hours may be left out, and what follows a colon has two digits and is below 60. */
const CLOCK = /^(?:(\d{1,3}):(?=\d\d:))?(\d{1,4}):([0-5]\d)$/;
/** `90`, `90s`, `1m30s`, `1h 2m`. */
const SPELLED = /^(?:(\d{1,3}) ?h)? ?(?:(\d{1,5}) ?m(?:in)?)? ?(?:(\d{1,6}) ?s?)?$/;

/** What a person calls a place: `1:30`, `90`, `1m30s`; with a sign, from here on. Null for anything else. */
export function parsePlace(text: string): Place | null {
  const [, sign = '', rest = ''] = /^([+-]?)\s*(.+)$/.exec(text.trim().toLowerCase()) ?? [];
  const [, hours, minutes, seconds] = CLOCK.exec(rest) ?? SPELLED.exec(rest) ?? [];
  if (hours === undefined && minutes === undefined && seconds === undefined) return null;
  if (hours !== undefined && rest.includes(':') && Number(minutes) > 59) return null;
  const ms = ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * SECOND;
  return { from: sign === '' ? 'beginning' : 'here', ms: sign === '-' ? -ms : ms };
}
