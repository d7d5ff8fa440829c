import { CHOICES } from './choices.ts';
import { plays, whilePlaying, type Deed, type Row, type Situation } from './deed.ts';
import {
  added,
  emptied,
  moved,
  removed,
  replayed,
  shuffled,
  skipped,
  stopped,
  swapped,
  undone,
  wentBack,
  type World,
} from './world.ts';

/** A queue is about this long: then more is taken out than put in. */
const LENGTH = 12;

const UNDONE = {
  remove: 'What was removed is back',
  move: 'as it was before the move',
  shuffle: 'as it was before the shuffle',
  skip: 'comes next again',
  clear: 'The queue is back',
} as const;

const atLeast = (count: number, weight: number) => (world: World) =>
  plays(world) && world.upcoming.length >= count ? weight : 0;
const titleOf = (entry: World['current'] | undefined): string => entry?.title ?? '';

/** Everything that people do, by the name of the command. */
const DEEDS = {
  ...CHOICES,
  play: {
    weight: ({ current, upcoming }) => (current === null ? 30 : upcoming.length < LENGTH ? 10 : 2),
    make: (situation) => {
      const { world, model, dice } = situation;
      const entry = model.entry(unused(situation));
      const position = world.upcoming.length > 0 && dice.chance(0.3) ? placeIn(situation) : null;
      return {
        options: { query: entry.title, ...(position !== null && { position }) },
        change: (before) => added(before, [entry], position === null ? undefined : position - 1),
        says: (before, { upcoming }) =>
          before.current === null
            ? `Playing **${entry.title}**`
            : `Added **${entry.title}** at position #${position ?? upcoming.length}`,
        begins: situation.world.current === null,
      };
    },
  },
  skip: {
    weight: whilePlaying(5),
    make: (situation) => {
      const { dice, world } = situation;
      if (world.upcoming.length > 1 && dice.chance(0.2)) {
        const to = placeIn(situation);
        const says = (_: World, { current }: World) => `Skipped to **${titleOf(current)}**`;
        return { options: { to }, change: (before) => skipped(before, to), says, begins: true };
      }
      const amount = dice.pick([1, 1, 1, 2, 3]);
      return {
        options: amount === 1 ? {} : { amount },
        change: (world) => skipped(world, amount),
        says: (_, { current, mixed }) =>
          current === null ? 'The queue is empty now' : mixed ? 'Next is' : `Next is **${current.title}**`,
        begins: true,
      };
    },
  },
  pause: {
    weight: (world) => (plays(world) && !world.paused ? 2 : 0),
    make: () => ({ options: {}, change: (world) => ({ ...world, paused: true }), says: () => 'Paused' }),
  },
  resume: {
    weight: (world) => (plays(world) && world.paused ? 8 : 0),
    make: () => ({ options: {}, change: (world) => ({ ...world, paused: false }), says: () => 'Going on' }),
  },
  shuffle: {
    // With so many it will not come out as it was, in which case there would be nothing to undo.
    weight: atLeast(8, 3),
    make: () => ({ options: {}, change: shuffled, says: ({ upcoming }) => `Shuffled ${upcoming.length} tracks` }),
  },
  move: {
    weight: atLeast(2, 4),
    make: (situation) => {
      const [from, to] = twoPlaces(situation);
      if (situation.dice.chance(0.3)) {
        return {
          options: { from, to, swap: true },
          change: (world) => swapped(world, from - 1, to - 1),
          says: (_, { upcoming }) => `**${titleOf(upcoming[to - 1])}** is at #${to} now`,
        };
      }
      return {
        options: { from, to },
        change: (world) => moved(world, from - 1, to - 1),
        says: (_, { upcoming }) => `Moved **${titleOf(upcoming[to - 1])}** to #${to}`,
      };
    },
  },
  remove: {
    weight: atLeast(2, 3),
    make: (situation) => {
      const position = placeIn(situation);
      const to = Math.min(position + situation.dice.pick([0, 0, 0, 2]), situation.world.upcoming.length);
      return {
        options: to === position ? { position } : { position, to },
        change: (world) => removed(world, position - 1, to - 1),
        says: ({ upcoming }) =>
          to === position ? `Removed **${titleOf(upcoming[to - 1])}**` : `Removed ${to - position + 1} tracks`,
      };
    },
  },
  clear: {
    weight: atLeast(3, 0.7),
    make: () => ({ options: {}, change: emptied, says: ({ upcoming }) => `Cleared ${upcoming.length} tracks` }),
  },
  undo: {
    weight: ({ undoable }) => (undoable === null ? 0 : 3),
    make: ({ world }) => ({
      options: {},
      change: undone,
      says: ({ undoable }) => (undoable === null ? 'nothing to undo' : UNDONE[undoable.what]),
      begins: world.current === null,
    }),
  },
  previous: {
    weight: ({ history }) => (history.length === 0 ? 0 : 2),
    make: () => ({
      options: {},
      change: wentBack,
      says: (_, { current }) => `Back to **${titleOf(current)}**`,
      begins: true,
    }),
  },
  replay: {
    weight: whilePlaying(1),
    make: () => ({
      options: {},
      change: replayed,
      says: (_, { current }) => `**${titleOf(current)}** from the beginning`,
      begins: true,
    }),
  },
  stop: {
    weight: atLeast(1, 0.5),
    make: () => ({ options: {}, change: stopped, says: () => 'Stopped', begins: true }),
  },
} as const satisfies Readonly<Record<string, Row>>;

/** What somebody does next, by chance. */
export function draw(situation: Situation): Deed {
  const { world, dice } = situation;
  const rows = Object.entries<Row>(DEEDS);
  const weights = rows.map(([, { weight }]) => weight(world));
  let left = (dice.between(0, 999) / 1_000) * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  const [command, row] = rows[index] ?? [];
  if (command === undefined || row === undefined) throw new Error('there is nothing to do');
  return { begins: false, ...row.make(situation), command };
}

const placeIn = ({ dice, world }: Situation): number => dice.between(1, world.upcoming.length);

/** Two that are not the same. */
function twoPlaces(situation: Situation): [number, number] {
  const one = placeIn(situation);
  const other = situation.dice.between(1, situation.world.upcoming.length - 1);
  return [one, other < one ? other : other + 1];
}

/** A title that is nowhere in the queue, nor can come back into it. */
function unused({ world, titles, dice }: Situation): string {
  const { current, upcoming, history, undoable } = world;
  const entries = [current, ...upcoming, ...history.slice(-10), ...(undoable?.upcoming ?? [])];
  const used = new Set(entries.map(titleOf));
  return dice.pick(titles.filter((title) => !used.has(title)));
}
