import { TenutoError } from '../lib/errors.ts';

/** What a person may set of a filter: whole numbers from `least` to `most`, and `usual` where none is named. */
export interface FilterAmount {
  readonly unit: '%' | 'dB' | 'Hz';
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

interface FilterKind {
  readonly title: string;
  /** Null where there is nothing to set. */
  readonly amount: FilterAmount | null;
}

const fixed = (title: string): FilterKind => ({ title, amount: null });
const set = (
  title: string,
  unit: FilterAmount['unit'],
  [least, usual, most]: [number, number, number],
): FilterKind => ({
  title,
  amount: { unit, least, usual, most },
});

const KINDS = {
  bassboost: set('Bass boost', 'dB', [1, 8, 20]),
  treble: set('Treble boost', 'dB', [1, 6, 20]),
  nightcore: fixed('Nightcore'),
  slowed: fixed('Slowed'),
  speed: set('Speed', '%', [50, 125, 200]),
  pitch: set('Pitch', '%', [50, 120, 200]),
  '8d': fixed('8D'),
  karaoke: fixed('Karaoke'),
  tremolo: set('Tremolo', 'Hz', [1, 5, 20]),
  vibrato: set('Vibrato', 'Hz', [1, 6, 20]),
  echo: fixed('Echo'),
  muffled: fixed('Muffled'),
  mono: fixed('Mono'),
  pop: fixed('Equaliser: pop'),
  rock: fixed('Equaliser: rock'),
  electronic: fixed('Equaliser: electronic'),
  classical: fixed('Equaliser: classical'),
  vocal: fixed('Equaliser: vocal'),
} satisfies Record<string, FilterKind>;

export type FilterName = keyof typeof KINDS;

/** What can be done to the sound, and within which bounds. How it is done is known to the player alone. */
export const FILTERS: Readonly<Record<FilterName, FilterKind>> = KINDS;

/** A filter that is on. `amount` is null exactly where there is nothing to set. */
export interface Filter {
  readonly name: FilterName;
  readonly amount: number | null;
}

/** What somebody wants of the filters that are on; the very same list where that changes nothing. Throws TenutoError('BAD_OPTION') for what does not exist. */
export type FilterEdit = (on: readonly Filter[]) => readonly Filter[];

export const noFilters: FilterEdit = (on) => (on.length === 0 ? on : []);

/** Turns a filter on, or sets it anew when an amount is given, or else turns it off. */
export const toggling =
  (name: string, amount: number | null): FilterEdit =>
  (on) => {
    const others = on.filter((filter) => filter.name !== name);
    if (others.length < on.length && amount === null) return others;
    const wanted = filterOf(name, amount);
    return on.some((filter) => filter.name === name && filter.amount === wanted.amount) ? on : [...others, wanted];
  };

/** The filters of a stored list that this version knows, each once; `dropped` are the others. */
export function readFilters(value: unknown): {
  readonly filters: readonly Filter[];
  readonly dropped: readonly unknown[];
} {
  const filters = new Map<FilterName, Filter>();
  const dropped: unknown[] = [];
  for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
    const filter = readFilter(one);
    if (filter === null || filters.has(filter.name)) dropped.push(one);
    else filters.set(filter.name, filter);
  }
  return { filters: [...filters.values()], dropped };
}

/** For people: `Bass boost (8 dB)`. */
export function filterInWords({ name, amount }: Filter): string {
  const { title, amount: bounds } = FILTERS[name];
  return bounds === null || amount === null ? title : `${title} (${amount} ${bounds.unit})`;
}

function filterOf(name: string, wanted: number | null): Filter {
  if (!isName(name)) throw new TenutoError('BAD_OPTION', 'There is no such filter.');
  const { title, amount } = FILTERS[name];
  if (amount === null) {
    if (wanted !== null) throw new TenutoError('BAD_OPTION', `${title} is on or off: it takes no amount.`);
    return { name, amount: null };
  }
  const { least, most, usual, unit } = amount;
  const chosen = wanted ?? usual;
  if (Number.isInteger(chosen) && chosen >= least && chosen <= most) return { name, amount: chosen };
  throw new TenutoError('BAD_OPTION', `${title} goes from ${least} to ${most} ${unit}.`);
}

function readFilter(value: unknown): Filter | null {
  if (typeof value !== 'object' || value === null) return null;
  const { name, amount } = value as { readonly name?: unknown; readonly amount?: unknown };
  if (typeof name !== 'string' || (amount !== null && typeof amount !== 'number')) return null;
  try {
    const filter = filterOf(name, amount);
    return filter.amount === amount ? filter : null;
  } catch {
    return null;
  }
}

const isName = (name: string): name is FilterName => Object.hasOwn(FILTERS, name);
