import * as fc from 'fast-check';
import { applyOperation, type QueueOperation } from '../../src/queue/queue-operations.ts';
import type { LoopMode, Queue, QueueEntry, Undoable } from '../../src/queue/queue.ts';

const PEOPLE = ['ada', 'bob', 'cyd'] as const;

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
  const requestedBy = PEOPLE[(id.codePointAt(id.length - 1) ?? 0) % PEOPLE.length] ?? 'ada';
  return { id, track, requestedBy, addedAt: 1_700_000_000_000 };
}

export function entries(count: number, prefix = 'e'): QueueEntry[] {
  return Array.from({ length: count }, (_, index) => entry(`${prefix}${index}`));
}

/** The ids of a queue, the current one first. */
export function ids({ current, upcoming }: Queue): string[] {
  return [...(current === null ? [] : [current]), ...upcoming].map(({ id }) => id);
}

/** A queue written down in the most naive way: lists of ids that are cut and joined. */
export class QueueModel {
  current: string | null = null;
  upcoming: string[] = [];
  loop: LoopMode = 'off';
  history: string[] = [];
  undoable: { what: Undoable['what']; upcoming: string[]; since: string[] } | null = null;

  static of({ current, upcoming, loop, history, undoable }: Queue): QueueModel {
    const idsOf = (list: readonly QueueEntry[]) => list.map(({ id }) => id);
    return Object.assign(new QueueModel(), {
      current: current?.id ?? null,
      upcoming: idsOf(upcoming),
      loop,
      history: idsOf(history),
      undoable: undoable && { what: undoable.what, upcoming: idsOf(undoable.upcoming), since: [...undoable.since] },
    });
  }

  apply(operation: QueueOperation): void {
    const before = [...this.upcoming];
    switch (operation.type) {
      case 'add': {
        const added = operation.entries.map(({ id }) => id);
        this.upcoming.splice(Math.max(0, operation.at ?? Infinity), 0, ...added);
        if (operation.start === true && this.current === null) this.#leave(1);
        break;
      }
      case 'advance':
        if (this.current === null || this.loop !== 'track') this.#leave(1);
        break;
      case 'skip':
        this.#skip(operation.amount);
        break;
      case 'jump':
        if (before.includes(operation.entryId)) this.#skip(before.indexOf(operation.entryId) + 1);
        break;
      case 'previous':
        this.#goBack();
        break;
      case 'replay':
        break;
      case 'remove':
        this.upcoming = before.filter((id) => !operation.entryIds.includes(id));
        this.#mayUndo('remove', before);
        break;
      case 'move':
        if (!before.includes(operation.entryId)) break;
        this.upcoming.splice(before.indexOf(operation.entryId), 1);
        this.upcoming.splice(Math.max(0, operation.index), 0, operation.entryId);
        this.#mayUndo('move', before);
        break;
      case 'swap':
        if (!operation.entryIds.every((id) => before.includes(id))) break;
        this.upcoming = before.map((id) => {
          const [one, other] = operation.entryIds;
          return id === one ? other : id === other ? one : id;
        });
        this.#mayUndo('move', before);
        break;
      case 'shuffle':
        // How a seed mixes is the product's to say; the tests of shuffle say what must hold.
        this.upcoming = applyOperation(this.asQueue(), operation).upcoming.map(({ id }) => id);
        if (before.length > 1) this.undoable = { what: 'shuffle', upcoming: before, since: [] };
        break;
      case 'loop':
        this.loop = operation.mode;
        break;
      case 'clear': {
        const playing = operation.keepCurrent === true ? null : this.current;
        this.upcoming = [];
        if (playing === null) {
          this.#mayUndo('clear', before);
        } else {
          this.history = [...this.history, playing].slice(-50);
          this.current = null;
          this.undoable = { what: 'clear', upcoming: [playing, ...before], since: [] };
        }
        break;
      }
      case 'undo':
        this.#undo();
    }
  }

  asQueue(): Queue {
    const { current, upcoming, loop, history, undoable } = this;
    return {
      current: current === null ? null : entry(current),
      upcoming: upcoming.map(entry),
      loop,
      history: history.map(entry),
      undoable: undoable && { ...undoable, upcoming: undoable.upcoming.map(entry) },
    };
  }

  #leave(amount: number): void {
    const line = [...(this.current === null ? [] : [this.current]), ...this.upcoming];
    const passed = line.splice(0, this.current === null ? amount - 1 : amount);
    if (this.loop === 'queue') line.push(...passed);
    if (this.current !== null) this.history = [...this.history, this.current].slice(-50);
    this.#play(line.shift() ?? null);
    this.upcoming = line;
  }

  #skip(amount: number): void {
    const before = [...this.upcoming];
    this.#leave(Math.max(1, amount));
    if (amount === 1 || before.length === 0 || this.loop === 'queue') return;
    this.undoable = { what: 'skip', upcoming: before, since: this.current === null ? [] : [this.current] };
  }

  #goBack(): void {
    const back = this.history.pop();
    const left = this.current;
    if (back === undefined) return;
    const behind = (list: string[]) => {
      const others = list.filter((id) => id !== back && id !== left);
      return left === null || left === back ? others : [left, ...others];
    };
    this.upcoming = behind(this.upcoming);
    if (this.undoable !== null) {
      this.undoable.upcoming = behind(this.undoable.upcoming);
      this.undoable.since = this.undoable.since.filter((id) => id !== left && id !== back);
    }
    this.#play(back);
  }

  #undo(): void {
    if (this.undoable === null) return;
    const { upcoming, since } = this.undoable;
    const back = upcoming.filter((id) => !since.includes(id));
    this.upcoming = [...new Set([...back, ...this.upcoming])];
    this.undoable = null;
    if (this.current !== null) return;
    this.#leave(1);
    this.history = this.history.filter((id) => id !== this.current);
  }

  #play(id: string | null): void {
    this.current = id;
    if (this.undoable === null || id === null) return;
    this.undoable.since = [...this.undoable.since, id];
    if (this.undoable.since.length > 50) this.undoable = null;
  }

  #mayUndo(what: Undoable['what'], before: string[]): void {
    if (before.join() !== this.upcoming.join()) this.undoable = { what, upcoming: before, since: [] };
  }
}

/** What a test does next: an operation whose ids and places are chosen when it is known what is in the queue. */
export type Step =
  | { readonly type: 'add'; readonly count: number; readonly at?: number; readonly start?: boolean }
  | { readonly type: 'jump'; readonly place: number }
  | { readonly type: 'remove'; readonly places: readonly number[] }
  | { readonly type: 'move'; readonly place: number; readonly index: number }
  | { readonly type: 'swap'; readonly places: readonly [number, number] }
  | Exclude<QueueOperation, { readonly type: 'add' | 'jump' | 'remove' | 'move' | 'swap' }>;

/** Turns a step into an operation on this queue. Ids are new as long as `nextId` counts on. */
export function operationFor(step: Step, queue: Queue, nextId: () => number | string): QueueOperation {
  const idAt = (place: number) => queue.upcoming[place % Math.max(1, queue.upcoming.length)]?.id ?? 'nobody';
  switch (step.type) {
    case 'add': {
      const { count, ...rest } = step;
      return { ...rest, entries: Array.from({ length: count }, () => entry(`e${nextId()}`)) };
    }
    case 'jump':
      return { type: 'jump', entryId: idAt(step.place) };
    case 'remove':
      return { type: 'remove', entryIds: step.places.map(idAt) };
    case 'move':
      return { type: 'move', entryId: idAt(step.place), index: step.index };
    case 'swap':
      return { type: 'swap', entryIds: [idAt(step.places[0]), idAt(step.places[1])] };
    case 'advance':
    case 'skip':
    case 'previous':
    case 'replay':
    case 'shuffle':
    case 'loop':
    case 'clear':
    case 'undo':
      return step;
  }
}

const place = fc.nat(900);
const places = fc.array(place, { maxLength: 5 });
const few = fc.integer({ min: 1, max: 4 });
const many = fc.integer({ min: 100, max: 700 });
const at = fc.integer({ min: -2, max: 900 });
const start = fc.boolean();
const step = (weight: number, type: Step['type'], rest: Record<string, fc.Arbitrary<unknown>>) => ({
  weight,
  arbitrary: fc.record({ type: fc.constant(type), ...rest }) as fc.Arbitrary<unknown> as fc.Arbitrary<Step>,
});

/** Random steps; long playlists and clears are rare, as in life. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  step(8, 'add', { count: few, start }),
  step(3, 'add', { count: few, at }),
  step(1, 'add', { count: many, at, start }),
  step(8, 'advance', {}),
  step(4, 'skip', { amount: fc.integer({ min: 1, max: 6 }) }),
  step(2, 'jump', { place }),
  step(4, 'previous', {}),
  step(1, 'replay', {}),
  step(4, 'remove', { places }),
  step(4, 'move', { place, index: fc.integer({ min: -5, max: 900 }) }),
  step(2, 'swap', { places: fc.tuple(place, place) }),
  step(2, 'shuffle', { seed: fc.integer(), fair: fc.boolean() }),
  step(2, 'loop', { mode: fc.constantFrom<LoopMode>('off', 'track', 'queue') }),
  step(1, 'clear', { keepCurrent: fc.boolean() }),
  step(5, 'undo', {}),
);
