import { fairly, shuffled } from './queue-order.ts';
import type { LoopMode, Queue, QueueEntry, Undoable } from './queue.ts';
import { AUTOPLAY } from './requester.ts';

/** Everything that can happen to a queue, as plain JSON: the journal stores these and replays them after a restart. */
export type QueueOperation =
  /**
   * Puts entries at index `at` (from 0) among the upcoming ones, or at the end. With `start` the first upcoming entry
   * becomes the current one when there is none.
   */
  | {
      readonly type: 'add';
      readonly entries: readonly QueueEntry[];
      readonly at?: number | undefined;
      readonly start?: boolean | undefined;
    }
  /** The current entry came to its end, or the first one shall start. A looped track starts again, a looped queue goes round. */
  | { readonly type: 'advance' }
  /** Leaves the current entry and `amount - 1` after it, also a looped track. In a looped queue they go to the end. */
  | { readonly type: 'skip'; readonly amount: number }
  /** Leaves the current entry and all before this upcoming one, which becomes the current one. */
  | { readonly type: 'jump'; readonly entryId: string }
  /** Goes back to what was current before; what is current now comes next. */
  | { readonly type: 'previous' }
  /** The current entry starts again. */
  | { readonly type: 'replay' }
  /** Takes upcoming entries out. Ids that are not there are ignored, so two people may remove the same one. */
  | { readonly type: 'remove'; readonly entryIds: readonly string[] }
  /** Puts an upcoming entry at `index` (from 0) among the others; an index outside is brought inside. */
  | { readonly type: 'move'; readonly entryId: string; readonly index: number }
  /** Two upcoming entries change places. */
  | { readonly type: 'swap'; readonly entryIds: readonly [string, string] }
  /**
   * Mixes the upcoming entries; the same seed (a 32-bit integer) mixes the same way in every version. `fair`: those who
   * asked for them take turns, each one's own mixed.
   */
  | { readonly type: 'shuffle'; readonly seed: number; readonly fair?: boolean | undefined }
  | { readonly type: 'loop'; readonly mode: LoopMode }
  /** Empties the queue, the current entry included unless it is kept. The loop mode stays. */
  | { readonly type: 'clear'; readonly keepCurrent?: boolean | undefined }
  /** Takes the last operation back that took entries or their order away. What has been added since stays, behind it. */
  | { readonly type: 'undo' };

const HISTORY_LENGTH = 50;
/** After so many entries nobody remembers the order that was. */
const UNDO_REACH = 50;

/**
 * The queue after the operation; the same object when it changes nothing. Pure and total: whatever the queue, there is
 * an answer, so a replay cannot fail.
 */
export function applyOperation(queue: Queue, operation: QueueOperation): Queue {
  switch (operation.type) {
    case 'add':
      return add(queue, operation.entries, operation.at ?? queue.upcoming.length, operation.start === true);
    case 'advance':
      return queue.loop === 'track' && queue.current !== null ? queue : leaveCurrent(queue, 1);
    case 'skip':
      return skip(queue, operation.amount);
    case 'jump':
      return jump(queue, operation.entryId);
    case 'previous':
      return goBack(queue);
    case 'replay':
      return queue;
    case 'remove':
      return remove(queue, operation.entryIds);
    case 'move':
      return move(queue, operation.entryId, operation.index);
    case 'swap':
      return swap(queue, operation.entryIds);
    case 'shuffle':
      return shuffle(queue, (operation.fair === true ? fairly : shuffled)(queue.upcoming, operation.seed));
    case 'loop':
      return queue.loop === operation.mode ? queue : { ...queue, loop: operation.mode };
    case 'clear':
      return clear(queue, operation.keepCurrent === true);
    case 'undo':
      return undo(queue);
  }
}

/** True when the operation makes an entry play from its beginning, so that a position noted before means nothing any more. */
export function restarts({ type }: QueueOperation, before: Queue, after: Queue): boolean {
  if (before.current !== after.current) return true;
  // The same entry once more: it is looped, or alone in a looped queue.
  const again = type === 'advance' || type === 'skip' || type === 'replay' || (type === 'previous' && before !== after);
  return again && after.current !== null;
}

/** What autoplay has added and what was not heard yet makes room for what a person adds. */
function add(queue: Queue, entries: readonly QueueEntry[], at: number, start: boolean): Queue {
  // Looked for first: mostly there is none, and a long queue need not be copied for that.
  const givesWay = !entries.every(byItself) && queue.upcoming.some(byItself);
  const stays = givesWay ? queue.upcoming.filter((entry) => !byItself(entry)) : queue.upcoming;
  const longer = { ...queue, upcoming: stays.toSpliced(Math.max(0, at), 0, ...entries) };
  return start && queue.current === null ? leaveCurrent(longer, 1) : longer;
}

/** The current entry goes into the history, and `amount - 1` upcoming ones are passed over. */
function leaveCurrent(queue: Queue, amount: number): Queue {
  const { current, upcoming, loop } = queue;
  if (current === null && upcoming.length === 0) return queue;
  const also = Math.max(0, amount - 1);
  const left = current === null ? upcoming.slice(0, also) : [current, ...upcoming.slice(0, also)];
  const rest = loop === 'queue' ? [...upcoming.slice(also), ...left] : upcoming.slice(also);
  return nowCurrent({ ...queue, upcoming: rest.slice(1), history: remembered(queue) }, rest[0] ?? null);
}

function skip(queue: Queue, amount: number): Queue {
  const after = leaveCurrent(queue, amount);
  const passedOver = amount > 1 && queue.upcoming.length > 0 && queue.loop !== 'queue';
  if (!passedOver) return after;
  const since = after.current === null ? [] : [after.current.id];
  return { ...after, undoable: { what: 'skip', upcoming: queue.upcoming, since } };
}

function jump(queue: Queue, entryId: string): Queue {
  const index = queue.upcoming.findIndex(({ id }) => id === entryId);
  return index === -1 ? queue : skip(queue, index + 1);
}

function goBack(queue: Queue): Queue {
  const { current, history, undoable } = queue;
  const before = history.at(-1);
  if (before === undefined) return queue;
  const next = current === null || current.id === before.id ? [] : [current];
  const taken = new Set([before.id, current?.id]);
  // What is current now comes next, also in the order that undo would bring back: it has its turn ahead again.
  const behind = (entries: readonly QueueEntry[]) => [...next, ...entries.filter(({ id }) => !taken.has(id))];
  const upcoming = behind(queue.upcoming);
  const since = undoable?.since.filter((id) => !taken.has(id)) ?? [];
  const stillUndoable = undoable && { ...undoable, upcoming: behind(undoable.upcoming), since };
  return nowCurrent({ ...queue, upcoming, history: history.slice(0, -1), undoable: stillUndoable }, before);
}

function remove(queue: Queue, entryIds: readonly string[]): Queue {
  const gone = new Set(entryIds);
  return reordered(
    queue,
    'remove',
    queue.upcoming.filter(({ id }) => !gone.has(id)),
  );
}

function move(queue: Queue, entryId: string, index: number): Queue {
  const entry = queue.upcoming.find(({ id }) => id === entryId);
  if (entry === undefined) return queue;
  const others = queue.upcoming.filter((other) => other !== entry);
  return reordered(queue, 'move', others.toSpliced(Math.max(0, index), 0, entry));
}

function swap(queue: Queue, [one, other]: readonly [string, string]): Queue {
  const a = queue.upcoming.findIndex(({ id }) => id === one);
  const b = queue.upcoming.findIndex(({ id }) => id === other);
  const [first, second] = [queue.upcoming[a], queue.upcoming[b]];
  if (first === undefined || second === undefined) return queue;
  return reordered(queue, 'move', queue.upcoming.with(a, second).with(b, first));
}

function clear(queue: Queue, keepCurrent: boolean): Queue {
  const { current, upcoming } = queue;
  if (keepCurrent || current === null) return reordered(queue, 'clear', []);
  const undoable: Undoable = { what: 'clear', upcoming: [current, ...upcoming], since: [] };
  return { ...queue, current: null, upcoming: [], history: remembered(queue), undoable };
}

function undo(queue: Queue): Queue {
  if (queue.undoable === null) return queue;
  const turned = new Set(queue.undoable.since);
  const back = queue.undoable.upcoming.filter(({ id }) => !turned.has(id));
  const known = new Set(back.map(({ id }) => id));
  const upcoming = [...back, ...queue.upcoming.filter(({ id }) => !known.has(id))];
  const restored = { ...queue, upcoming, undoable: null };
  if (queue.current !== null) return restored;
  const started = leaveCurrent(restored, 1);
  // What plays again is no longer behind us.
  return { ...started, history: started.history.filter(({ id }) => id !== started.current?.id) };
}

function reordered(queue: Queue, what: Undoable['what'], upcoming: readonly QueueEntry[]): Queue {
  const same = upcoming.length === queue.upcoming.length && upcoming.every((entry, at) => entry === queue.upcoming[at]);
  return same ? queue : { ...queue, upcoming, undoable: before(queue, what) };
}

/** Also where chance left the order as it was: who undoes a shuffle must not take back what was done before it. */
function shuffle(queue: Queue, upcoming: readonly QueueEntry[]): Queue {
  return upcoming.length < 2 ? queue : { ...queue, upcoming, undoable: before(queue, 'shuffle') };
}

function nowCurrent(queue: Queue, current: QueueEntry | null): Queue {
  const { undoable } = queue;
  if (undoable === null || current === null) return { ...queue, current };
  const since = [...undoable.since, current.id];
  return { ...queue, current, undoable: since.length > UNDO_REACH ? null : { ...undoable, since } };
}

const byItself = ({ requestedBy }: QueueEntry): boolean => requestedBy === AUTOPLAY;

const remembered = ({ current, history }: Queue): readonly QueueEntry[] =>
  current === null ? history : [...history.slice(1 - HISTORY_LENGTH), current];

const before = ({ upcoming }: Queue, what: Undoable['what']): Undoable => ({ what, upcoming, since: [] });
