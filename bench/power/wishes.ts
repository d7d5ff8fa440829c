import type { QueueOperation } from '../../src/queue/queue-operations.ts';
import type { Queue, QueueEntry, Session } from '../../src/queue/queue.ts';
import type { Dice } from '../chaos/dice.ts';

/** Something that shall be durable. */
export type Wish = { readonly operation: QueueOperation } | { readonly session: Partial<Session> };

/** What the writer says: what it is about to do in a guild, or that this is durable. */
export type Report =
  | { readonly guildId: string; readonly wish: Wish }
  | { readonly guildId: string; readonly done: true };

/** A queue is about this long. */
const LENGTH = 40;
const PLAYLIST = 600;

/** Whatever can be done to a queue, by chance; `name` makes the ids of new entries unique. */
export function drawWish({ upcoming, current }: Queue, dice: Dice, name: string): Wish {
  const id = () => dice.pick(upcoming).id;
  const index = () => dice.between(0, upcoming.length - 1);
  if (upcoming.length < 2 || (upcoming.length < LENGTH && dice.chance(0.5))) {
    // Now and then a playlist that is more than one record.
    const count = dice.chance(0.01) ? PLAYLIST : dice.pick([1, 1, 1, 5]);
    const at = upcoming.length > 0 && dice.chance(0.3) ? index() : undefined;
    return {
      operation: { type: 'add', entries: entries(count, name), at, start: current === null || dice.chance(0.5) },
    };
  }
  if (upcoming.length > 2 * LENGTH) return { operation: { type: 'clear', keepCurrent: dice.chance(0.5) } };
  return dice.pick<() => Wish>([
    () => ({ session: { volume: dice.between(0, 200) } }),
    () => ({ session: { paused: dice.pick(['no', 'person']), pausedBy: null } }),
    () => ({ operation: { type: 'advance' } }),
    () => ({ operation: { type: 'skip', amount: dice.between(1, 3) } }),
    () => ({ operation: { type: 'jump', entryId: id() } }),
    () => ({ operation: { type: 'previous' } }),
    () => ({ operation: { type: 'replay' } }),
    () => ({ operation: { type: 'remove', entryIds: [id(), id()] } }),
    () => ({ operation: { type: 'move', entryId: id(), index: index() } }),
    () => ({ operation: { type: 'swap', entryIds: [id(), id()] } }),
    () => ({ operation: { type: 'shuffle', seed: dice.between(0, 2 ** 31), fair: dice.chance(0.5) } }),
    () => ({ operation: { type: 'loop', mode: dice.pick(['off', 'track', 'queue']) } }),
    () => ({ operation: { type: 'undo' } }),
  ])();
}

function entries(count: number, name: string): QueueEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${name}-${index}`,
    track: {
      source: 'direct-url',
      identifier: `https://example.com/${name}/${index}.opus`,
      title: `Track ${name}`,
      artist: null,
      link: null,
      thumbnail: null,
      durationMs: 180_000,
      live: false,
    },
    requestedBy: `${index % 3}`,
    addedAt: 0,
  }));
}
