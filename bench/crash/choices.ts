import { plays, whilePlaying, type Row } from './deed.ts';
import { autoplaying } from './world.ts';

/** None that changes how long a song is. */
const FILTERS = [
  ['mono', 'Mono'],
  ['muffled', 'Muffled'],
  ['bassboost', 'Bass boost (8 dB)'],
] as const;
const NO_FILTERS = ['off', ''] as const;
const LEVELS = [100, 100, 100, 60, 130];
const MODES = {
  off: 'Nothing is repeated',
  track: 'This track is repeated',
  queue: 'The whole queue is repeated',
} as const;

/** What people choose for their guild, by the name of the command. */
export const CHOICES = {
  volume: {
    weight: (world) => (plays(world) ? (world.volume === 100 ? 2 : 8) : 0),
    make: ({ dice }) => {
      const level = dice.pick(LEVELS);
      return {
        options: { level },
        change: (world) => ({ ...world, volume: level }),
        says: () => `The volume is ${level} %`,
      };
    },
  },
  loop: {
    weight: whilePlaying(2),
    make: ({ dice }) => {
      const mode = dice.pick(['off', 'off', 'track', 'queue'] as const);
      return { options: { mode }, change: (world) => ({ ...world, loop: mode }), says: () => MODES[mode] };
    },
  },
  filter: {
    // Soon off again: what is heard through it cannot be recognised.
    weight: (world) => (plays(world) ? (world.filters === '' ? 1 : 8) : 0),
    make: ({ dice, world }) => {
      const [name, words] = world.filters === '' ? dice.pick(FILTERS) : NO_FILTERS;
      return {
        options: { name },
        change: (before) => ({ ...before, filters: words }),
        says: () => (words === '' ? 'No filter is on' : `On: ${words}.`),
      };
    },
  },
  autoplay: {
    weight: whilePlaying(2),
    make: ({ world }) => {
      const on = !world.autoplay;
      return {
        options: { on },
        change: (before) => autoplaying(before, on),
        partly: (before) => ({ ...before, autoplay: on }),
        says: () => (on ? 'I go on with something related' : 'the music ends'),
      };
    },
  },
  normalise: {
    // What it changes cannot be recognised either.
    weight: (world) => (plays(world) ? (world.normalise === 'off' ? 1 : 4) : 0),
    make: ({ dice, world }) => {
      const mode = world.normalise === 'off' ? dice.pick(['down', 'both'] as const) : 'off';
      return {
        options: { mode },
        change: (before) => ({ ...before, normalise: mode }),
        says: () => (mode === 'off' ? 'as it was recorded' : 'Loud tracks are turned down now'),
      };
    },
  },
} as const satisfies Readonly<Record<string, Row>>;
