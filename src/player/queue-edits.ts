import { randomInt } from 'node:crypto';
import { TenutoError } from '../lib/errors.ts';
import type { QueueOperation } from '../queue/queue-operations.ts';
import type { LoopMode, Queue, QueueEntry, Undoable } from '../queue/queue.ts';
import type { Track } from '../sources/source.ts';
import type { Enqueued, Selection } from './players.ts';

/** What a wish comes to as things stand: the operation, null when there is nothing to do, and what to answer. */
export interface Step<T> {
  readonly operation: QueueOperation | null;
  readonly answer: (after: Queue) => T;
}

/** Something that a person wants done to the queue. Throws TenutoError when the queue is not such that it could be. */
export type Edit<T> = (before: Queue) => Step<T>;

/** Adds as many as there is room for, the first ones; where there is none at all, the queue says why. */
export const adding =
  (wanted: readonly QueueEntry[], place?: number, room = () => Infinity): Edit<Enqueued> =>
  () => {
    const entries = wanted.slice(0, Math.max(1, room()));
    return {
      operation: { type: 'add', entries, at: place === undefined ? undefined : place - 1, start: true },
      answer: ({ upcoming }) => ({ entries, place: upcoming.findIndex(({ id }) => id === entries[0]?.id) + 1 }),
    };
  };

/** Adds behind the last of the `earlier` entries, as if all had come at once; at the end when none of those is there any more. */
export const following =
  (earlier: ReadonlySet<string>, wanted: readonly QueueEntry[], room = () => Infinity): Edit<Enqueued> =>
  (queue) => {
    const own = ({ id }: QueueEntry) => earlier.has(id);
    const behind = queue.upcoming.findLastIndex(own) + 1;
    const next = behind > 0 || (queue.current !== null && own(queue.current));
    return adding(wanted, next ? behind + 1 : undefined, room)(queue);
  };

/** `entryId`: only while that is the current entry. */
export const skipping =
  (amount: number, entryId?: string): Edit<QueueEntry | null> =>
  (queue) => {
    const { id } = current(queue);
    if (entryId !== undefined && id !== entryId) throw new TenutoError('STALE_BUTTON');
    return { operation: { type: 'skip', amount }, answer: (after) => after.current };
  };

export const jumping =
  (place: number): Edit<QueueEntry> =>
  (queue) => {
    const entry = at(queue, place);
    return { operation: { type: 'jump', entryId: entry.id }, answer: () => entry };
  };

export const goingBack: Edit<QueueEntry> = ({ history }) => {
  const before = history.at(-1);
  if (before === undefined) throw new TenutoError('NOTHING_BEFORE');
  return { operation: { type: 'previous' }, answer: () => before };
};

export const replaying: Edit<QueueEntry> = (queue) => {
  const entry = current(queue);
  return { operation: { type: 'replay' }, answer: () => entry };
};

export const removing =
  (which: Selection): Edit<readonly QueueEntry[]> =>
  (queue) => {
    const entries = selected(queue, which);
    const entryIds = entries.map(({ id }) => id);
    return { operation: entries.length === 0 ? null : { type: 'remove', entryIds }, answer: () => entries };
  };

export const moving =
  (from: number, to: number): Edit<QueueEntry> =>
  (queue) => {
    const entry = at(queue, from);
    at(queue, to);
    return { operation: { type: 'move', entryId: entry.id, index: to - 1 }, answer: () => entry };
  };

export const swapping =
  (one: number, other: number): Edit<readonly [QueueEntry, QueueEntry]> =>
  (queue) => {
    const pair = [at(queue, one), at(queue, other)] as const;
    return { operation: { type: 'swap', entryIds: [pair[0].id, pair[1].id] }, answer: () => pair };
  };

/** The answer is how many were mixed; one alone cannot be. */
export const shuffling =
  (fair: boolean, seed = randomInt(2 ** 32)): Edit<number> =>
  ({ upcoming }) => ({
    operation: upcoming.length < 2 ? null : { type: 'shuffle', seed, fair },
    answer: () => (upcoming.length < 2 ? 0 : upcoming.length),
  });

/** What is to come goes; the current entry plays on. */
export const emptying: Edit<number> = ({ upcoming }) => ({
  operation: upcoming.length === 0 ? null : { type: 'clear', keepCurrent: true },
  answer: () => upcoming.length,
});

/** Everything goes. */
export const ending: Edit<void> = (queue) => {
  current(queue);
  return { operation: { type: 'clear' }, answer: () => undefined };
};

export const undoing: Edit<Undoable['what']> = ({ undoable }) => {
  if (undoable === null) throw new TenutoError('NOTHING_TO_UNDO');
  return { operation: { type: 'undo' }, answer: () => undoable.what };
};

export const looping =
  (mode: LoopMode): Edit<void> =>
  () => ({ operation: { type: 'loop', mode }, answer: () => undefined });

function current(queue: Queue): QueueEntry {
  if (queue.current === null) throw new TenutoError('NOTHING_PLAYING');
  return queue.current;
}

/** The upcoming entry at a 1-based place. */
function at({ upcoming }: Queue, place: number): QueueEntry {
  const entry = upcoming[place - 1];
  if (entry === undefined) throw new TenutoError('NO_SUCH_PLACE', String(place));
  return entry;
}

function selected(queue: Queue, which: Selection): readonly QueueEntry[] {
  const { current: now, upcoming } = queue;
  switch (which.by) {
    case 'place':
      at(queue, which.from);
      at(queue, which.to);
      return upcoming.slice(Math.min(which.from, which.to) - 1, Math.max(which.from, which.to));
    case 'user':
      return upcoming.filter(({ requestedBy }) => requestedBy === which.userId);
    case 'duplicate':
      return repeated(now === null ? upcoming : [now, ...upcoming], ({ track }) => identity(track));
  }
}

/** Of those that are alike, all but the first. */
function repeated<T>(items: readonly T[], likeness: (item: T) => string): readonly T[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.size === seen.add(likeness(item)).size);
}

/** The same for the same track, whoever asked for it. */
export const identity = ({ source, identifier }: Track) => `${source} ${identifier}`;
