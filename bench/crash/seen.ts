import type { Entry, World } from './world.ts';

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
  readonly paused?: boolean;
}

/** Older ones may have been forgotten. */
const REMEMBERED = 20;

const titleOf = (entry: Entry | null): string | null => entry?.title ?? null;
const titlesOf = (entries: readonly Entry[]): string[] => entries.map(({ title }) => title);
const same = (ones: readonly unknown[], others: readonly unknown[]): boolean =>
  ones.length === others.length && ones.every((one, index) => one === others[index]);

/** Whether a world can be what was found. */
export function agrees(world: World, seen: Seen): boolean {
  const { upcoming, mixed } = world;
  if (titleOf(world.current) !== seen.current) return false;
  const order = mixed ? (titles: readonly string[]) => titles.toSorted() : (titles: readonly string[]) => titles;
  if (!same(order(titlesOf(upcoming)), order(seen.upcoming))) return false;
  if (seen.loop !== undefined && seen.loop !== world.loop) return false;
  if (seen.volume !== undefined && seen.volume !== world.volume) return false;
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
  const { current, upcoming, history = [], undoable, loop, volume, paused } = it;
  const listed = (what: NonNullable<typeof undoable>) =>
    ('upcoming' in what ? what.upcoming : what).map(name).join(', ');
  const order = 'mixed' in it && it.mixed ? ' in any order' : '';
  return [
    `now ${current === null ? 'nothing' : name(current)}`,
    `next [${upcoming.map(name).join(', ')}]${order}`,
    `before [${history.slice(-REMEMBERED).map(name).join(', ')}]`,
    `to undo ${undoable === undefined ? '?' : undoable === null ? 'nothing' : `[${listed(undoable)}]`}`,
    `loop ${loop ?? '?'}, volume ${volume ?? '?'}, ${paused === undefined ? 'paused?' : paused ? 'paused' : 'not paused'}`,
  ].join('; ');
}
