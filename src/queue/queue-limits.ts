import { TenutoError } from '../lib/errors.ts';
import { applyOperation, type QueueOperation } from './queue-operations.ts';
import type { Queue, QueueEntry } from './queue.ts';
import { AUTOPLAY } from './requester.ts';

/** How many entries there may be, the current one included. */
export interface QueueLimits {
  readonly maxTracks: number;
  readonly maxTracksPerUser: number;
}

/** How many entries can still be added to the queue: by anybody, or by this user. */
export function roomIn(queue: Queue, { maxTracks, maxTracksPerUser }: QueueLimits, userId?: string): number {
  const room = Math.max(0, maxTracks - sizeOf(queue));
  // Counting is spared where nobody can have too many.
  if (userId === undefined || userId === AUTOPLAY || maxTracksPerUser >= maxTracks) return room;
  const own = queue.upcoming.filter(({ requestedBy }) => requestedBy === userId).length;
  const playing = queue.current?.requestedBy === userId ? 1 : 0;
  return Math.min(room, Math.max(0, maxTracksPerUser - own - playing));
}

/** Throws TenutoError('QUEUE_FULL', 'YOUR_LIMIT' or 'UNDO_LIMIT') when the operation would add, or bring back, more than there is room for. */
export function needRoom(queue: Queue, operation: QueueOperation, limits: QueueLimits): void {
  if (operation.type === 'add') needRoomFor(operation.entries, queue, limits, 'YOUR_LIMIT');
  // Else clearing, filling and undoing in turns would grow a queue, and one person's share of it, without end.
  if (operation.type === 'undo') needRoomFor(broughtBack(queue), queue, limits, 'UNDO_LIMIT');
}

function needRoomFor(
  entries: readonly QueueEntry[],
  queue: Queue,
  limits: QueueLimits,
  share: 'YOUR_LIMIT' | 'UNDO_LIMIT',
): void {
  if (entries.length > roomIn(queue, limits)) throw new TenutoError('QUEUE_FULL', String(limits.maxTracks));
  for (const [userId, own] of Map.groupBy(entries, ({ requestedBy }) => requestedBy)) {
    if (own.length > roomIn(queue, limits, userId)) throw new TenutoError(share, String(limits.maxTracksPerUser));
  }
}

function broughtBack(queue: Queue): readonly QueueEntry[] {
  const known = new Set(entriesOf(queue).map(({ id }) => id));
  return entriesOf(applyOperation(queue, { type: 'undo' })).filter(({ id }) => !known.has(id));
}

const entriesOf = ({ current, upcoming }: Queue) => (current === null ? upcoming : [current, ...upcoming]);
const sizeOf = ({ current, upcoming }: Queue) => upcoming.length + (current === null ? 0 : 1);
