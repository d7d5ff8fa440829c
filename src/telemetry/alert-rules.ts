import { RECOVERED, type Closing, type Settlement } from './voice-observer.ts';

type At<T> = T & { readonly at: number };

/** What happened to voice in the last hour, oldest first, and how things are; times are milliseconds since 1970. */
export interface History {
  readonly closings: readonly At<Closing>[];
  readonly settlements: readonly At<Settlement>[];
  readonly survivals: readonly At<object>[];
  /** True while voice fails everywhere. */
  readonly outage: boolean;
  /** Why what changes is not on the disk; null: it is. */
  readonly unsaved: string | null;
}

export const NOTHING_YET: History = { closings: [], settlements: [], survivals: [], outage: false, unsaved: null };

export interface AlertLimits {
  /** Closes with 4006 in five minutes that are no alert yet. */
  readonly sessionInvalid: number;
}

interface Rule {
  /** What the operator reads while it holds; null while it does not. */
  readonly says: (history: History, now: number, limits: AlertLimits) => string | null;
  /** What the operator reads when it is over. */
  readonly over: string;
}

const MINUTE = 60_000;
const WINDOW_MS = 5 * MINUTE;
const REMEMBERED_MS = 60 * MINUTE;
/** More than any limit, and few enough to look through for each close of a global outage. */
const MOST_REMEMBERED = 2_000;
/** A rule must not have held for so long until its alert is over, so that one at its limit is not told again and again. */
const QUIET_MS = MINUTE;
const SESSION_INVALID = 4006;
const UNKNOWN_IN_A_ROW = 3;
const RATED = 20;
const FEWEST_RATED = 5;
const LOWEST_RATE = 0.8;

/** What an operator is told of, one row each. */
export const ALERT_RULES = {
  'sessions-invalid': {
    says({ closings }, now, { sessionInvalid }) {
      const { length } = recent(closings, now).filter(({ code }) => code === SESSION_INVALID);
      return length > sessionInvalid ? `${length} voice sessions became invalid (4006) in 5 minutes` : null;
    },
    over: 'voice sessions stay valid again',
  },
  'recoveries-fail': {
    says({ settlements }) {
      const rated = settlements.filter(({ outcome }) => RECOVERED.has(outcome) || outcome === 'gave-up').slice(-RATED);
      const good = rated.filter(({ outcome }) => RECOVERED.has(outcome)).length;
      const poor = rated.length >= FEWEST_RATED && good / rated.length < LOWEST_RATE;
      return poor ? `only ${good} of the last ${rated.length} lost voice connections came back` : null;
    },
    over: 'lost voice connections come back again',
  },
  'unknown-codes': {
    says({ closings }) {
      const last = closings.slice(-UNKNOWN_IN_A_ROW);
      if (last.length < UNKNOWN_IN_A_ROW || last.some(({ documented }) => documented)) return null;
      const codes = last.map(({ code }) => code).join(', ');
      return `Discord closed voice connections with codes that it does not document: ${codes}; a newer version may know them`;
    },
    over: 'no close codes that Discord does not document any more',
  },
  outage: {
    says: ({ outage }) => (outage ? 'voice fails everywhere: Discord or the network is down' : null),
    over: 'voice works again',
  },
  'gave-up': {
    says({ settlements }, now) {
      const { length } = recent(settlements, now).filter(({ outcome }) => outcome === 'gave-up');
      return length > 0 ? `gave up ${length === 1 ? 'a voice connection' : `${length} voice connections`}` : null;
    },
    over: 'no further voice connection was given up',
  },
  'library-faults': {
    says({ survivals }, now) {
      const { length } = recent(survivals, now);
      return length > 0 ? `the voice library failed where nothing caught it, ${length} times in 5 minutes` : null;
    },
    over: 'the voice library has not failed again',
  },
  'not-saved': {
    says({ unsaved }) {
      if (unsaved === null) return null;
      return `changes are not saved because ${unsaved}; the music goes on, but they are lost if the bot is restarted now`;
    },
    over: 'changes are saved again, and none was lost',
  },
} as const satisfies Record<string, Rule>;

export type AlertName = keyof typeof ALERT_RULES;

/** Since when a rule was last seen to hold, for each alert that is not over. */
export type Episodes = ReadonlyMap<AlertName, number>;

/** A line for the operator. */
export interface AlertLine {
  readonly alert: AlertName;
  readonly over: boolean;
  readonly text: string;
}

/** Looks at all rules: an alert is told once when its rule begins to hold, and once when it is over. */
export function review(
  before: Episodes,
  history: History,
  now: number,
  limits: AlertLimits,
): { readonly episodes: Episodes; readonly lines: readonly AlertLine[] } {
  const episodes = new Map(before);
  const lines: AlertLine[] = [];
  for (const [alert, { says, over }] of Object.entries(ALERT_RULES) as [AlertName, Rule][]) {
    const text = says(history, now, limits);
    const heldAt = before.get(alert);
    if (text !== null) {
      episodes.set(alert, now);
      if (heldAt === undefined) lines.push({ alert, over: false, text });
    } else if (heldAt !== undefined && now - heldAt >= QUIET_MS) {
      episodes.delete(alert);
      lines.push({ alert, over: true, text: over });
    }
  }
  return { episodes, lines };
}

/** The part of what happened that a rule may still look at. */
export function remembered<T extends { readonly at: number }>(all: readonly T[], now: number): readonly T[] {
  return all.slice(-MOST_REMEMBERED).filter(({ at }) => now - at < REMEMBERED_MS);
}

function recent<T extends { readonly at: number }>(all: readonly T[], now: number): readonly T[] {
  return all.filter(({ at }) => now - at < WINDOW_MS);
}
