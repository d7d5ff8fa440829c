import type { FaultName } from '../../loopback/faults.ts';
import { FAULTS } from '../../loopback/fault-table.ts';
import { Dice } from './dice.ts';
import { drawParams, FAULT_NAMES } from './fault-draw.ts';

/** What a person in a guild can be told to do, and how often relative to the others. */
const DEEDS = {
  play: 6,
  skip: 4,
  pause: 2,
  resume: 3,
  loop: 1,
  volume: 2,
  stop: 1,
  leave: 1,
  'leave-room': 2,
  voicestatus: 1,
  queue: 1,
} as const;

export type Deed = keyof typeof DEEDS;

/** The two voice channels of every guild. */
export const ROOMS = ['Lounge', 'Studio'] as const;
export type Room = (typeof ROOMS)[number];

/** One thing that happens, in the guild with this number (from 0). */
export type Act =
  | { readonly kind: 'deed'; readonly deed: Deed; readonly options: Readonly<Record<string, string | number>> }
  | {
      readonly kind: 'fault';
      readonly name: FaultName;
      readonly params: Readonly<Record<string, unknown>>;
      /** Where a fault with a `channelId` points. */
      readonly room: Room;
      /** How long one that lasts goes on. */
      readonly forMs: number;
    };

export interface Step {
  /** Since the step before. */
  readonly afterMs: number;
  readonly guild: number;
  readonly act: Act;
}

const FAULT_SHARE = 0.6;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
const LEVELS = [0, 40, 100, 100, 150];
const MODES = ['off', 'track', 'queue', 'queue'];
const BAG: readonly Deed[] = (Object.keys(DEEDS) as Deed[]).flatMap((deed) => Array<Deed>(DEEDS[deed]).fill(deed));

/** Everything that happens in `minutes` minutes to `guilds` guilds: the same for the same seed. */
export function scheduleOf(seed: number, { minutes, guilds }: { readonly minutes: number; readonly guilds: number }) {
  const dice = new Dice(seed);
  const steps: Step[] = [];
  let leftMs = minutes * 60_000;
  while (leftMs > 0) {
    const afterMs = dice.between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS);
    steps.push({
      afterMs,
      guild: dice.between(0, guilds - 1),
      act: dice.chance(FAULT_SHARE) ? fault(dice) : deed(dice),
    });
    leftMs -= afterMs;
  }
  return steps;
}

/** A step as people read it, and as a failing seed prints it. */
export function inWords({ afterMs, guild, act }: Step): string {
  const where = `+${afterMs} ms, guild ${guild}:`;
  if (act.kind === 'deed') return `${where} /${act.deed} ${JSON.stringify(act.options)}`;
  const lasts = FAULTS[act.name].lasts ? ` for ${act.forMs} ms` : '';
  return `${where} ${act.name} ${JSON.stringify(act.params)} in ${act.room}${lasts}`;
}

function fault(dice: Dice): Act {
  const name = dice.pick(FAULT_NAMES);
  return {
    kind: 'fault',
    name,
    params: drawParams(name, dice),
    room: dice.pick(ROOMS),
    forMs: dice.between(100, 4_000),
  };
}

function deed(dice: Dice): Act {
  const deed = dice.pick(BAG);
  if (deed === 'volume') return { kind: 'deed', deed, options: { level: dice.pick(LEVELS) } };
  if (deed === 'loop') return { kind: 'deed', deed, options: { mode: dice.pick(MODES) } };
  if (deed === 'leave-room') return { kind: 'deed', deed, options: { forMs: dice.between(300, 2_500) } };
  return { kind: 'deed', deed, options: {} };
}
