import * as fc from 'fast-check';
import type { QueueOperation } from '../../src/queue/queue-operations.ts';
import { applyOperation } from '../../src/queue/queue-operations.ts';
import { EMPTY_QUEUE, type LoopMode, type Queue, type QueueEntry } from '../../src/queue/queue.ts';

/** An entry with this id; everything else follows from it. */
export function entry(id: string): QueueEntry {
  const track = {
    source: 'library' as const,
    identifier: `${id}.opus`,
    title: `Track ${id}`,
    artist: null,
    link: null,
    thumbnail: null,
    durationMs: 180_000,
    live: false,
  };
  return { id, track, requestedBy: 'ada', addedAt: 1_700_000_000_000 };
}

export function entries(count: number, prefix = 'e'): QueueEntry[] {
  return Array.from({ length: count }, (_, index) => entry(`${prefix}${index}`));
}

/** A queue written down in the most naive way, with ids for entries: one list, of which the first plays. */
export class QueueModel {
  ids: string[] = [];
  playing = false;
  loop: LoopMode = 'off';

  apply(operation: QueueOperation): void {
    switch (operation.type) {
      case 'add':
        for (const { id } of operation.entries) this.ids.push(id);
        break;
      case 'advance':
        if (!(this.playing && this.loop === 'track')) this.#leave(1);
        break;
      case 'skip':
        this.#leave(Math.max(1, operation.amount));
        break;
      case 'remove':
        for (const id of operation.entryIds) this.#takeUpcoming(id);
        break;
      case 'move':
        if (this.#takeUpcoming(operation.entryId)) {
          const at = Math.min(Math.max(0, operation.index) + (this.playing ? 1 : 0), this.ids.length);
          this.ids.splice(at, 0, operation.entryId);
        }
        break;
      case 'shuffle':
        // How a seed mixes is the product's to say; the tests of shuffle say what must hold.
        this.ids = ids(applyOperation(this.asQueue(), operation));
        break;
      case 'loop':
        this.loop = operation.mode;
        break;
      case 'clear':
        this.ids = [];
        this.playing = false;
    }
  }

  asQueue(): Queue {
    const all = this.ids.map(entry);
    const [current = null] = this.playing ? all : [];
    return { ...EMPTY_QUEUE, current, upcoming: this.playing ? all.slice(1) : all, loop: this.loop };
  }

  #leave(amount: number): void {
    const passed: string[] = [];
    for (let left = this.playing ? amount : amount - 1; left > 0; left -= 1) {
      const id = this.ids.shift();
      if (id !== undefined) passed.push(id);
    }
    if (this.loop === 'queue') this.ids.push(...passed);
    this.playing = this.ids.length > 0;
  }

  #takeUpcoming(id: string): boolean {
    const at = this.ids.indexOf(id, this.playing ? 1 : 0);
    if (at >= 0) this.ids.splice(at, 1);
    return at >= 0;
  }
}

/** The ids of a queue, the current one first. */
export function ids({ current, upcoming }: Queue): string[] {
  return [...(current === null ? [] : [current]), ...upcoming].map(({ id }) => id);
}

/** What a test does next; ids and places are chosen when it is known what is in the queue. */
export type Step =
  | { readonly type: 'add'; readonly count: number }
  | { readonly type: 'advance' | 'clear' }
  | { readonly type: 'skip'; readonly amount: number }
  | { readonly type: 'remove'; readonly places: readonly number[] }
  | { readonly type: 'move'; readonly place: number; readonly index: number }
  | { readonly type: 'shuffle'; readonly seed: number }
  | { readonly type: 'loop'; readonly mode: LoopMode };

/** Turns a step into an operation on this queue. Ids are new as long as `nextId` counts on. */
export function operationFor(step: Step, queue: Queue, nextId: () => number | string): QueueOperation {
  const idAt = (place: number) => queue.upcoming[place % Math.max(1, queue.upcoming.length)]?.id ?? 'nobody';
  switch (step.type) {
    case 'add':
      return { type: 'add', entries: Array.from({ length: step.count }, () => entry(`e${nextId()}`)) };
    case 'remove':
      return { type: 'remove', entryIds: step.places.map(idAt) };
    case 'move':
      return { type: 'move', entryId: idAt(step.place), index: step.index };
    case 'advance':
    case 'clear':
    case 'skip':
    case 'shuffle':
    case 'loop':
      return step;
  }
}

/** Random steps; long playlists and full clears are rare, as in life. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('add' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('add' as const), count: fc.integer({ min: 100, max: 700 }) }) },
  { weight: 8, arbitrary: fc.constant({ type: 'advance' as const }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('skip' as const), amount: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('remove' as const), places: fc.array(fc.nat(900), { maxLength: 5 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('move' as const),
      place: fc.nat(900),
      index: fc.integer({ min: -5, max: 900 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('shuffle' as const), seed: fc.integer() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('loop' as const),
      mode: fc.constantFrom<LoopMode>('off', 'track', 'queue'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'clear' as const }) },
);
