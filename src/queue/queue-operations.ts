import type { LoopMode, Queue, QueueEntry } from './queue.ts';

/** Everything that can happen to a queue, as plain JSON: the journal stores these and replays them after a restart. */
export type QueueOperation =
  /** Puts entries at the end. With `start` the first upcoming entry becomes the current one when there is none. */
  | { readonly type: 'add'; readonly entries: readonly QueueEntry[]; readonly start?: boolean | undefined }
  /** The current entry came to its end, or the first one shall start. A looped track starts again, a looped queue goes round. */
  | { readonly type: 'advance' }
  /** Leaves the current entry and `amount - 1` after it, also a looped track. In a looped queue they go to the end. */
  | { readonly type: 'skip'; readonly amount: number }
  /** Takes upcoming entries out. Ids that are not there are ignored, so two people may remove the same one. */
  | { readonly type: 'remove'; readonly entryIds: readonly string[] }
  /** Puts an upcoming entry at `index` (from 0) among the others; an index outside is brought inside. */
  | { readonly type: 'move'; readonly entryId: string; readonly index: number }
  /** Mixes the upcoming entries; the same seed (a 32-bit integer) mixes the same way in every version. */
  | { readonly type: 'shuffle'; readonly seed: number }
  | { readonly type: 'loop'; readonly mode: LoopMode }
  /** Empties the queue, the current entry included. The loop mode stays. */
  | { readonly type: 'clear' };

/** The queue after the operation. Pure and total: whatever the queue, there is an answer, so a replay cannot fail. */
export function applyOperation(queue: Queue, operation: QueueOperation): Queue {
  switch (operation.type) {
    case 'add':
      return add(queue, operation.entries, operation.start === true);
    case 'advance':
      return queue.loop === 'track' && queue.current !== null ? queue : leaveCurrent(queue, 1);
    case 'skip':
      return leaveCurrent(queue, operation.amount);
    case 'remove':
      return remove(queue, new Set(operation.entryIds));
    case 'move':
      return move(queue, operation.entryId, operation.index);
    case 'shuffle':
      return { ...queue, upcoming: shuffled(queue.upcoming, operation.seed) };
    case 'loop':
      return { ...queue, loop: operation.mode };
    case 'clear':
      return { ...queue, current: null, upcoming: [] };
  }
}

/** True when the operation makes an entry play from its beginning, so that a position noted before means nothing any more. */
export function restarts(operation: QueueOperation, before: Queue, after: Queue): boolean {
  return operation.type === 'advance' || operation.type === 'skip' || before.current !== after.current;
}

function add(queue: Queue, entries: readonly QueueEntry[], start: boolean): Queue {
  const longer = { ...queue, upcoming: queue.upcoming.concat(entries) };
  return start && queue.current === null ? leaveCurrent(longer, 1) : longer;
}

function leaveCurrent(queue: Queue, amount: number): Queue {
  const { current, upcoming, loop } = queue;
  const also = Math.max(0, amount - 1);
  const left = current === null ? upcoming.slice(0, also) : [current, ...upcoming.slice(0, also)];
  const rest = loop === 'queue' ? [...upcoming.slice(also), ...left] : upcoming.slice(also);
  return { ...queue, current: rest[0] ?? null, upcoming: rest.slice(1) };
}

function remove(queue: Queue, entryIds: ReadonlySet<string>): Queue {
  return { ...queue, upcoming: queue.upcoming.filter((entry) => !entryIds.has(entry.id)) };
}

function move(queue: Queue, entryId: string, index: number): Queue {
  const entry = queue.upcoming.find(({ id }) => id === entryId);
  if (entry === undefined) return queue;
  const others = queue.upcoming.filter((other) => other !== entry);
  return { ...queue, upcoming: others.toSpliced(Math.max(0, index), 0, entry) };
}

function shuffled(entries: readonly QueueEntry[], seed: number): QueueEntry[] {
  const random = randomFrom(seed);
  const mixed = [...entries];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [mixed[last], mixed[other]];
    if (a !== undefined && b !== undefined) [mixed[last], mixed[other]] = [b, a];
  }
  return mixed;
}

/** Numbers from 0 to below 1 (mulberry32). Journals hold seeds, so this must never give other numbers. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
