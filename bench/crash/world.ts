import type { LoopMode, Session } from '../../src/queue/queue.ts';

/** The title of what autoplay has added, until somebody has looked. */
export const UNKNOWN = '(what autoplay found)';

/** A track that somebody asked for; the same one asked for twice is two. */
export interface Entry {
  readonly number: number;
  readonly title: string;
  /** Nobody asked for it. */
  readonly byItself?: true;
}

/** How a guild stands if everything that people were told is true. Written from what the commands promise, not from how the bot does it. */
export interface World {
  readonly current: Entry | null;
  readonly upcoming: readonly Entry[];
  /** The order of what is to come was drawn by the bot, and nobody has looked yet. */
  readonly mixed: boolean;
  /** The latest last. */
  readonly history: readonly Entry[];
  readonly loop: LoopMode;
  readonly volume: number;
  /** As people read them; '' when none is on. */
  readonly filters: string;
  readonly normalise: Session['normalise'];
  readonly autoplay: boolean;
  /** The queue has ended by itself or by skips, since the bot was started: autoplay goes on. */
  readonly over: boolean;
  readonly paused: boolean;
  readonly undoable: Undoable | null;
  /** When the current track began, or the last one ended, at the earliest: milliseconds of `performance.now()`. */
  readonly since: number;
}

interface Undoable {
  readonly what: 'remove' | 'move' | 'shuffle' | 'skip' | 'clear';
  readonly upcoming: readonly Entry[];
  /** Those that have become current since then have had their turn. */
  readonly turned: readonly Entry[];
}

export const EMPTY_WORLD: World = {
  current: null,
  upcoming: [],
  mixed: false,
  history: [],
  loop: 'off',
  volume: 100,
  filters: '',
  normalise: 'off',
  autoplay: false,
  over: false,
  paused: false,
  undoable: null,
  since: 0,
};

export function added(world: World, entries: readonly Entry[], index = world.upcoming.length): World {
  // What autoplay found gives way.
  const wanted = world.upcoming.filter(({ byItself }) => byItself !== true);
  const longer = { ...world, upcoming: wanted.toSpliced(index, 0, ...entries) };
  return world.current === null ? nextUp(awake(longer)) : longer;
}

export function skipped(world: World, amount: number): World {
  const { current, upcoming, loop } = world;
  if (current === null) return world;
  const passed = upcoming.slice(0, amount - 1);
  const rest = upcoming.slice(amount - 1);
  const after = nextUp({
    ...world,
    current: null,
    upcoming: loop === 'queue' ? [...rest, current, ...passed] : rest,
    history: [...world.history, current],
  });
  if (amount === 1 || upcoming.length === 0 || loop === 'queue') return after;
  return { ...after, undoable: { what: 'skip', upcoming, turned: after.current === null ? [] : [after.current] } };
}

/** Switched off, what it has found and nobody has heard goes, as if somebody had removed it. */
export function autoplaying(world: World, autoplay: boolean): World {
  const wanted = world.upcoming.filter(({ byItself }) => byItself !== true);
  const goes = !autoplay && wanted.length < world.upcoming.length;
  return { ...(goes ? reordered(world, 'remove', wanted) : world), autoplay };
}

/** Whether autoplay may add something, or have done so. */
export const maySeek = ({ autoplay, loop, paused, current, over, upcoming }: World): boolean =>
  autoplay && loop === 'off' && !paused && upcoming.length === 0 && (current !== null || over);

/** How things may stand if autoplay has had the time for it: at most one track is ahead of what people hear. */
export function grown(world: World, entry: () => Entry): World[] {
  if (!maySeek(world)) return [world];
  const longer = { ...world, upcoming: [entry()] };
  return [world, ...grown(world.current === null ? nextUp(longer) : longer, entry)];
}

/** How things may stand when the current track has come to its end. */
export function ended(world: World): World[] {
  if (world.current === null) return [];
  if (world.loop === 'track') return [{ ...world, since: performance.now() }];
  if (!world.mixed || world.upcoming.length < 2) return [skipped(world, 1)];
  return world.upcoming.map((first) =>
    skipped({ ...world, upcoming: [first, ...world.upcoming.filter((entry) => entry !== first)] }, 1),
  );
}

/** What is current now comes next, also where an undo would bring the order back. */
export function wentBack(world: World): World {
  const { current, history, undoable } = world;
  const before = history.at(-1);
  if (before === undefined) return world;
  const next = current === null || current.number === before.number ? [] : [current];
  const others = (entries: readonly Entry[]) =>
    entries.filter(({ number }) => number !== before.number && number !== current?.number);
  const behind = (entries: readonly Entry[]) => [...next, ...others(entries)];
  const back = {
    ...awake(world),
    upcoming: behind(world.upcoming),
    history: history.slice(0, -1),
    undoable: undoable && { ...undoable, upcoming: behind(undoable.upcoming), turned: others(undoable.turned) },
  };
  return begun(back, before);
}

export const replayed = (world: World): World => ({ ...world, since: performance.now() });

/** Takes out those from one index to another, both included. */
export const removed = (world: World, from: number, to: number): World =>
  reordered(world, 'remove', world.upcoming.toSpliced(from, to - from + 1));

export function moved(world: World, from: number, to: number): World {
  const entry = world.upcoming[from];
  if (entry === undefined) return world;
  return reordered(world, 'move', world.upcoming.toSpliced(from, 1).toSpliced(to, 0, entry));
}

export function swapped(world: World, one: number, other: number): World {
  const [a, b] = [world.upcoming[one], world.upcoming[other]];
  if (a === undefined || b === undefined) return world;
  return reordered(world, 'move', world.upcoming.with(one, b).with(other, a));
}

export const shuffled = (world: World): World =>
  world.upcoming.length === 0 ? world : { ...reordered(world, 'shuffle', world.upcoming), mixed: true };

/** The current track plays on. */
export const emptied = (world: World): World => (world.upcoming.length === 0 ? world : reordered(world, 'clear', []));

export function stopped(world: World): World {
  const { current, upcoming, history } = world;
  if (current === null) return world;
  const all = { ...world, upcoming: [current, ...upcoming], history: [...history, current] };
  return { ...reordered(all, 'clear', []), current: null, over: false };
}

export function undone(world: World): World {
  if (world.undoable === null) return world;
  const { upcoming, turned } = world.undoable;
  const gone = new Set(turned.map(({ number }) => number));
  const back = upcoming.filter(({ number }) => !gone.has(number));
  const known = new Set(back.map(({ number }) => number));
  const restored = [...back, ...world.upcoming.filter(({ number }) => !known.has(number))];
  const after = { ...world, upcoming: restored, undoable: null, mixed: false };
  if (world.current !== null) return after;
  const started = nextUp(awake(after));
  return { ...started, history: started.history.filter(({ number }) => number !== started.current?.number) };
}

const reordered = (world: World, what: Undoable['what'], upcoming: readonly Entry[]): World => ({
  ...world,
  upcoming,
  mixed: world.mixed && upcoming.length > 1,
  undoable: { what, upcoming: world.upcoming, turned: [] },
});

/** A pause was meant for what played then, not for what is asked for when nothing plays. */
const awake = (world: World): World => (world.current === null ? { ...world, paused: false } : world);

/** With nothing current, what comes first becomes it. */
function nextUp(world: World): World {
  const [first, ...rest] = world.upcoming;
  if (first !== undefined) return begun({ ...world, upcoming: rest }, first);
  return { ...world, current: null, over: true, since: performance.now() };
}

function begun(world: World, current: Entry): World {
  const { undoable } = world;
  return {
    ...world,
    current,
    over: false,
    undoable: undoable === null ? null : { ...undoable, turned: [...undoable.turned, current] },
    since: performance.now(),
  };
}
