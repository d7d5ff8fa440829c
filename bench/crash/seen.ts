import { UNKNOWN, type Entry, type World } from './world.ts';

/** What somebody found, in the file or in Discord; what they did not look at is left out. */
export interface Seen {
  /** Titles. */
  readonly current: string | null;
  readonly upcoming: readonly string[];
  /** The latest last. */
  readonly history?: readonly string[];
  /** What came next before the last operation that can be taken back; null when there is none. */
  readonly undoable?: readonly string[] | null;
  readonly loop?: World['loop'];
  readonly volume?: number;
  readonly filters?: string;
  readonly normalise?: World['normalise'];
  readonly autoplay?: boolean;
  readonly paused?: boolean;
}

/** Older ones may have been forgotten. */
const REMEMBERED = 20;

const titleOf = (entry: Entry | null): string | null => entry?.title ?? null;
const titlesOf = (entries: readonly Entry[]): string[] => entries.map(({ title }) => title);
/** A title that is not known yet may be any. */
const like = (title: string | null, seen: string | null | undefined): boolean =>
  title === seen || (title === UNKNOWN && seen !== null && seen !== undefined);
const same = (ones: readonly string[], others: readonly string[]): boolean =>
  ones.length === others.length && ones.every((one, index) => like(one, others[index]));

/** Whether a world can be what was found. */
export function agrees(world: World, seen: Seen): boolean {
  const { upcoming, mixed } = world;
  if (!like(titleOf(world.current), seen.current)) return false;
  const order = mixed ? (titles: readonly string[]) => titles.toSorted() : (titles: readonly string[]) => titles;
  if (!same(order(titlesOf(upcoming)), order(seen.upcoming))) return false;
  if (seen.loop !== undefined && seen.loop !== world.loop) return false;
  for (const choice of ['volume', 'filters', 'normalise', 'autoplay'] as const)
    if (seen[choice] !== undefined && seen[choice] !== world[choice]) return false;
  // With nothing to play there is nothing that a pause could be about.
  if (seen.paused !== undefined && world.current !== null && seen.paused !== world.paused) return false;
  if (seen.undoable !== undefined && !undoes(world, seen.undoable)) return false;
  const { history } = seen;
  return history === undefined || same(titlesOf(world.history.slice(-REMEMBERED)), history.slice(-REMEMBERED));
}

const undoes = ({ undoable }: World, seen: readonly string[] | null): boolean =>
  undoable === null || seen === null ? undoable === seen : same(titlesOf(undoable.upcoming), seen);

/** The world with what was found in place of what nobody knew. */
export function learnt(world: World, seen: Seen): World {
  return ordered(named(world, seen), seen);
}

/** What autoplay found has a name. */
function named(world: World, seen: Seen): World {
  const { current, upcoming, history, undoable } = world;
  const names = new Map<number, string>();
  const look = (entries: readonly (Entry | null)[], titles: readonly (string | null)[]) => {
    for (const [index, entry] of entries.entries()) {
      const title = titles[index] ?? null;
      if (entry?.title === UNKNOWN && title !== null) names.set(entry.number, title);
    }
  };
  look([current, ...upcoming], [seen.current, ...seen.upcoming]);
  // Older ones may have been forgotten: both are counted from their ends.
  look(history.toReversed(), seen.history?.toReversed() ?? []);
  if (names.size === 0) return world;
  const name = (entry: Entry): Entry => ({ ...entry, title: names.get(entry.number) ?? entry.title });
  const all = (entries: readonly Entry[]) => entries.map(name);
  return {
    ...world,
    current: current && name(current),
    upcoming: all(upcoming),
    history: all(history),
    undoable: undoable && { ...undoable, upcoming: all(undoable.upcoming), turned: all(undoable.turned) },
  };
}

function ordered(world: World, seen: Seen): World {
  if (!world.mixed) return world;
  const left = [...world.upcoming];
  const upcoming = seen.upcoming.flatMap((title) => {
    const index = left.findIndex((entry) => entry.title === title);
    return index === -1 ? [] : left.splice(index, 1);
  });
  return { ...world, upcoming, mixed: false };
}

/** A world or a finding in one line. */
export function inWords(it: World | Seen): string {
  const name = (entry: Entry | string) => (typeof entry === 'string' ? entry : entry.title);
  const { current, upcoming, history = [], undoable, loop, volume, paused, filters, normalise, autoplay } = it;
  const listed = (what: NonNullable<typeof undoable>) =>
    ('upcoming' in what ? what.upcoming : what).map(name).join(', ');
  const order = 'mixed' in it && it.mixed ? ' in any order' : '';
  return [
    `now ${current === null ? 'nothing' : name(current)}`,
    `next [${upcoming.map(name).join(', ')}]${order}`,
    `before [${history.slice(-REMEMBERED).map(name).join(', ')}]`,
    `to undo ${undoable === undefined ? '?' : undoable === null ? 'nothing' : `[${listed(undoable)}]`}`,
    `filters ${filters ?? '?'}, normalise ${normalise ?? '?'}, autoplay ${autoplay ?? '?'}`,
    `loop ${loop ?? '?'}, volume ${volume ?? '?'}, ${paused === undefined ? 'paused?' : paused ? 'paused' : 'not paused'}`,
  ].join('; ');
}
