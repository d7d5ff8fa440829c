import { TenutoError } from '../lib/errors.ts';
import { applyOperation, type QueueOperation } from './queue-operations.ts';
import type { Queue } from './queue.ts';
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

/** Throws TenutoError('QUEUE_FULL' or 'YOUR_LIMIT') when the operation would add more than there is room for. */
export function needRoom(queue: Queue, operation: QueueOperation, limits: QueueLimits): void {
  const growth = growthBy(queue, operation);
  if (growth > 0 && growth > roomIn(queue, limits)) throw new TenutoError('QUEUE_FULL', String(limits.maxTracks));
  if (operation.type !== 'add') return;
  for (const [userId, own] of Map.groupBy(operation.entries, ({ requestedBy }) => requestedBy)) {
    if (own.length > roomIn(queue, limits, userId))
      throw new TenutoError('YOUR_LIMIT', String(limits.maxTracksPerUser));
  }
}

function growthBy(queue: Queue, operation: QueueOperation): number {
  if (operation.type === 'add') return operation.entries.length;
  // Else clearing, filling and undoing in turns would grow a queue without end.
  if (operation.type === 'undo') return sizeOf(applyOperation(queue, operation)) - sizeOf(queue);
  return 0;
}

const sizeOf = ({ current, upcoming }: Queue) => upcoming.length + (current === null ? 0 : 1);
