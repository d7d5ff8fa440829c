import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyOperation, restarts, type QueueOperation } from '../../src/queue/queue-operations.ts';
import { EMPTY_QUEUE, type LoopMode, type Queue } from '../../src/queue/queue.ts';
import { anyStep, entries, entry, ids, operationFor, QueueModel } from './queue-model.ts';

const queueOf = (loop: LoopMode, current: string | null, ...upcoming: string[]): Queue => ({
  ...EMPTY_QUEUE,
  current: current === null ? null : entry(current),
  upcoming: upcoming.map(entry),
  loop,
});
const after = (queue: Queue, ...operations: QueueOperation[]) => operations.reduce(applyOperation, queue);
const advance: QueueOperation = { type: 'advance' };
const previous: QueueOperation = { type: 'previous' };
const undo: QueueOperation = { type: 'undo' };
/** `a b c` with the current one first, `- b c` when none is current. */
const told = (queue: Queue) => [queue.current?.id ?? '-', ...queue.upcoming.map(({ id }) => id)].join(' ');

describe('queue operations', () => {
  it('add puts entries at the end and starts nothing', () => {
    expect(told(after(queueOf('off', 'a', 'b'), { type: 'add', entries: [entry('c'), entry('d')] }))).toBe('a b c d');
    expect(told(after(EMPTY_QUEUE, { type: 'add', entries: [entry('a')] }))).toBe('- a');
    expect(told(after(EMPTY_QUEUE, { type: 'add', entries: [entry('a'), entry('b')], start: true }))).toBe('a b');
    expect(told(after(queueOf('off', 'a'), { type: 'add', entries: [entry('b')], start: true }))).toBe('a b');
  });

  it('add lets what a person wants take the place of what autoplay had put there, and not the other way round', () => {
    const found = (id: string) => ({ ...entry(id), requestedBy: 'autoplay' });
    const waiting = after(queueOf('off', 'a'), { type: 'add', entries: [found('b')] });
    expect(told(waiting)).toBe('a b');
    expect(told(after(waiting, { type: 'add', entries: [entry('c')] }))).toBe('a c');
    expect(told(after(waiting, { type: 'add', entries: [entry('c')], at: 0 }))).toBe('a c');
    expect(told(after(waiting, { type: 'add', entries: [found('c')] }))).toBe('a b c');
    expect(told(after(waiting, advance, { type: 'add', entries: [entry('c')] }))).toBe('b c');
  });

  it.each<[LoopMode, string]>([
    ['off', 'b c'],
    ['track', 'a b c'],
    ['queue', 'b c a'],
  ])('at the end of a track, loop %s leads to %s', (loop, expected) => {
    expect(told(after(queueOf(loop, 'a', 'b', 'c'), { type: 'advance' }))).toBe(expected);
  });

  it.each<[LoopMode, string]>([
    ['off', 'a b'],
    ['track', 'a b'],
    ['queue', 'a b'],
  ])('the first entry starts whatever the loop: %s', (loop, expected) => {
    expect(told(after(queueOf(loop, null, 'a', 'b'), { type: 'advance' }))).toBe(expected);
  });

  it('a queue that has played to its end is empty, and a looped one of one entry starts it again', () => {
    expect(told(after(queueOf('off', 'a'), { type: 'advance' }))).toBe('-');
    expect(told(after(queueOf('queue', 'a'), { type: 'advance' }))).toBe('a');
    expect(told(after(EMPTY_QUEUE, { type: 'advance' }))).toBe('-');
  });

  it.each<[LoopMode, number, string]>([
    ['off', 1, 'b c d'],
    ['off', 3, 'd'],
    ['off', 99, '-'],
    ['track', 1, 'b c d'],
    ['track', 2, 'c d'],
    ['queue', 1, 'b c d a'],
    ['queue', 3, 'd a b c'],
    ['queue', 99, 'a b c d'],
  ])('with loop %s, skipping %i leads to %s', (loop, amount, expected) => {
    expect(told(after(queueOf(loop, 'a', 'b', 'c', 'd'), { type: 'skip', amount }))).toBe(expected);
  });

  it('remove takes out upcoming entries and never the one that plays', () => {
    const queue = queueOf('off', 'a', 'b', 'c', 'd');
    expect(told(after(queue, { type: 'remove', entryIds: ['b', 'd', 'a', 'gone'] }))).toBe('a c');
  });

  it.each([
    ['d', 0, 'a d b c'],
    ['b', 1, 'a c b d'],
    ['b', 99, 'a c d b'],
    ['c', -7, 'a c b d'],
    ['a', 1, 'a b c d'],
    ['gone', 0, 'a b c d'],
  ])('move puts %s at %i', (entryId, index, expected) => {
    expect(told(after(queueOf('off', 'a', 'b', 'c', 'd'), { type: 'move', entryId, index }))).toBe(expected);
  });

  it('shuffle mixes the upcoming entries only, and the same seed mixes the same way for ever', () => {
    const queue = { ...EMPTY_QUEUE, current: entry('now'), upcoming: entries(10) };
    const mixed = after(queue, { type: 'shuffle', seed: 7 });
    // Written down: journals hold seeds, so another result would be another queue after an update.
    expect(told(mixed)).toBe('now e6 e5 e8 e1 e2 e3 e4 e7 e9 e0');
  });

  it('shuffle gives every place to every entry about equally often', () => {
    const places = new Map<string, number>();
    for (let seed = 0; seed < 4_000; seed += 1) {
      const { upcoming } = after({ ...EMPTY_QUEUE, upcoming: entries(4) }, { type: 'shuffle', seed });
      for (const [place, { id }] of upcoming.entries())
        places.set(`${id}@${place}`, (places.get(`${id}@${place}`) ?? 0) + 1);
    }
    expect(places.size).toBe(16);
    expect(Math.min(...places.values())).toBeGreaterThan(850);
    expect(Math.max(...places.values())).toBeLessThan(1_150);
  });

  it('fair shuffle lets those who asked take turns for as long as they have any left, each with their own mixed', () => {
    const own = (requestedBy: string, count: number) => entries(count, requestedBy).map((e) => ({ ...e, requestedBy }));
    const upcoming = [...own('ada', 6), ...own('bob', 3), ...own('cyd', 1)];
    for (let seed = 0; seed < 50; seed += 1) {
      const mixed = after({ ...EMPTY_QUEUE, upcoming }, { type: 'shuffle', seed, fair: true }).upcoming;
      const turns = mixed.map(({ requestedBy }) => requestedBy);
      expect(new Set(turns.slice(0, 3))).toEqual(new Set(['ada', 'bob', 'cyd']));
      expect(new Set(turns.slice(3, 5))).toEqual(new Set(['ada', 'bob']));
      expect(new Set(turns.slice(5, 7))).toEqual(new Set(['ada', 'bob']));
      expect(turns.slice(7)).toEqual(['ada', 'ada', 'ada']);
      expect(ids({ ...EMPTY_QUEUE, upcoming: mixed }).toSorted()).toEqual(upcoming.map(({ id }) => id).toSorted());
    }
  });

  it.each<[number, string]>([
    [0, 'a x y b c'],
    [1, 'a b x y c'],
    [99, 'a b c x y'],
    [-1, 'a x y b c'],
  ])('add at %i leads to %s', (at, expected) => {
    const queue = queueOf('off', 'a', 'b', 'c');
    expect(told(after(queue, { type: 'add', entries: [entry('x'), entry('y')], at }))).toBe(expected);
  });

  it.each<[LoopMode, string, string]>([
    ['off', 'd', 'd e'],
    ['track', 'b', 'b c d e'],
    ['queue', 'd', 'd e a b c'],
    ['off', 'gone', 'a b c d e'],
  ])('with loop %s, a jump to %s leads to %s', (loop, entryId, expected) => {
    expect(told(after(queueOf(loop, 'a', 'b', 'c', 'd', 'e'), { type: 'jump', entryId }))).toBe(expected);
  });

  it('previous goes back step by step, and what was current comes next', () => {
    const queue = after(queueOf('off', 'a', 'b', 'c'), advance, advance);
    expect([told(queue), told(after(queue, previous)), told(after(queue, previous, previous))]).toEqual([
      'c',
      'b c',
      'a b c',
    ]);
    expect(told(after(queue, previous, previous, previous))).toBe('a b c');
    expect(told(after(queue, advance, previous))).toBe('c');
  });

  it('previous takes a track of a looped queue from its end, and starts the only one again', () => {
    const queue = after(queueOf('queue', 'a', 'b', 'c'), advance);
    expect([told(queue), told(after(queue, previous))]).toEqual(['b c a', 'a b c']);
    expect(told(after(queueOf('queue', 'a'), advance, previous))).toBe('a');
  });

  it('history keeps the last fifty that were current, and none that were passed over', () => {
    const queue = after(queueOf('off', 'a', 'b', 'c', 'd'), { type: 'skip', amount: 3 });
    expect(queue.history.map(({ id }) => id)).toEqual(['a']);
    const long = after({ ...EMPTY_QUEUE, upcoming: entries(60) }, ...Array.from({ length: 60 }, () => advance));
    expect(long.history.map(({ id }) => id)).toEqual(ids({ ...EMPTY_QUEUE, upcoming: entries(60).slice(9, 59) }));
  });

  it.each([
    ['b', 'd', 'a d c b'],
    ['b', 'b', 'a b c d'],
    ['b', 'a', 'a b c d'],
    ['b', 'gone', 'a b c d'],
  ])('swap of %s and %s leads to %s', (one, other, expected) => {
    expect(told(after(queueOf('off', 'a', 'b', 'c', 'd'), { type: 'swap', entryIds: [one, other] }))).toBe(expected);
  });

  it('clear empties everything, or all but the current entry, and keeps the loop mode', () => {
    expect(after(queueOf('queue', 'a', 'b'), { type: 'clear' })).toMatchObject({
      current: null,
      upcoming: [],
      loop: 'queue',
      history: [{ id: 'a' }],
    });
    expect(told(after(queueOf('off', 'a', 'b'), { type: 'clear', keepCurrent: true }))).toBe('a');
  });

  const DESTRUCTIVE: readonly (readonly [QueueOperation, string])[] = [
    [{ type: 'remove', entryIds: ['b', 'd'] }, 'a b c d'],
    [{ type: 'move', entryId: 'd', index: 0 }, 'a b c d'],
    [{ type: 'swap', entryIds: ['b', 'd'] }, 'a b c d'],
    [{ type: 'shuffle', seed: 1 }, 'a b c d'],
    [{ type: 'clear', keepCurrent: true }, 'a b c d'],
    [{ type: 'clear' }, 'a b c d'],
    [{ type: 'skip', amount: 3 }, 'd b c'],
    [{ type: 'skip', amount: 9 }, 'b c d'],
    [{ type: 'jump', entryId: 'd' }, 'd b c'],
  ];

  it.each(DESTRUCTIVE)('undo brings back what %o took away: %s', (operation, expected) => {
    const queue = queueOf('off', 'a', 'b', 'c', 'd');
    expect(told(after(queue, operation))).not.toBe(expected);
    expect(told(after(queue, operation, undo))).toBe(expected);
    expect(told(after(queue, operation, undo, undo))).toBe(expected);
  });

  it('undo leaves out what has had its turn since, and keeps what was added since behind', () => {
    const queue = queueOf('off', 'a', 'b', 'c', 'd');
    const swap: QueueOperation = { type: 'swap', entryIds: ['b', 'd'] };
    expect(told(after(queue, swap, advance, undo))).toBe('d b c');
    const add: QueueOperation = { type: 'add', entries: [entry('new')], at: 0 };
    expect(told(after(queue, swap, add, undo))).toBe('a b c d new');
    expect(told(after(queue, { type: 'clear' }, { ...add, start: true }, undo))).toBe('new a b c d');
  });

  it('undo after a step back keeps in front what was current then', () => {
    const queue = after(queueOf('off', 'z', 'a', 'b', 'c'), advance);
    expect(told(after(queue, { type: 'swap', entryIds: ['b', 'c'] }, previous))).toBe('z a c b');
    expect(told(after(queue, { type: 'swap', entryIds: ['b', 'c'] }, previous, undo))).toBe('z a b c');
  });

  it('undo of a stop starts the same track again, and history does not name it twice', () => {
    const queue = after(queueOf('off', 'a', 'b', 'c'), advance, { type: 'clear' }, undo);
    expect([told(queue), queue.history.map(({ id }) => id)]).toEqual(['b c', ['a']]);
  });

  it('what changed nothing cannot be undone, and takes no undo from what did', () => {
    const queue = after(queueOf('off', 'a', 'b', 'c'), { type: 'remove', entryIds: ['c'] });
    const nothing: QueueOperation[] = [
      { type: 'remove', entryIds: ['gone'] },
      { type: 'move', entryId: 'b', index: 0 },
      { type: 'shuffle', seed: 3 },
      { type: 'swap', entryIds: ['b', 'b'] },
      { type: 'jump', entryId: 'gone' },
      { type: 'loop', mode: 'off' },
      previous,
      { type: 'replay' },
    ];
    for (const operation of nothing) expect(applyOperation(queue, operation)).toBe(queue);
    expect(told(after(queue, ...nothing, undo))).toBe('a b c');
  });

  it('undo is void when fifty entries have had their turn since', () => {
    const queue = after({ ...EMPTY_QUEUE, upcoming: entries(100) }, { type: 'shuffle', seed: 1 });
    const played = (count: number) => after(queue, ...Array.from({ length: count }, () => advance)).undoable;
    expect([played(50)?.what, played(51)]).toEqual(['shuffle', null]);
  });

  it.each<[string, Queue, QueueOperation, boolean]>([
    ['the next track', queueOf('off', 'a', 'b'), advance, true],
    ['a looped track', queueOf('track', 'a', 'b'), advance, true],
    ['the only track of a looped queue', queueOf('queue', 'a'), { type: 'skip', amount: 1 }, true],
    ['a replay', queueOf('off', 'a'), { type: 'replay' }, true],
    ['a jump to a track that is gone', queueOf('off', 'a'), { type: 'jump', entryId: 'gone' }, false],
    ['a step back to nowhere', queueOf('off', 'a'), previous, false],
    ['a shuffle', queueOf('off', 'a', 'b', 'c'), { type: 'shuffle', seed: 1 }, false],
    ['the end', queueOf('off', 'a'), advance, true],
    ['a skip of nothing', EMPTY_QUEUE, { type: 'skip', amount: 1 }, false],
  ])('says whether an entry plays from its beginning: %s', (_, queue, operation, expected) => {
    expect(restarts(operation, queue, applyOperation(queue, operation))).toBe(expected);
  });

  it('agrees with a naive model over any operations, and changes no queue that it was given', () => {
    everyQueue((queue, operation, result, model) => {
      const before = structuredClone(queue);
      model.apply(operation);
      applyOperation(queue, operation);
      expect(queue).toEqual(before);
      expect(result).toEqual(model.asQueue());
    });
  });

  it('has no entry twice, and loses none but by what people ask to be rid of', () => {
    const RID: ReadonlySet<QueueOperation['type']> = new Set(['remove', 'clear', 'skip', 'jump', 'advance']);
    everyQueue((queue, operation, result) => {
      const found = new Set(ids(result));
      expect(found.size).toBe(ids(result).length);
      if (RID.has(operation.type)) return;
      expect(
        ids(queue).filter((id) => !found.has(id)),
        `lost by ${operation.type}`,
      ).toEqual([]);
    });
  });

  it('brings back exactly what was to come when undo follows at once, but for what plays now', () => {
    everyQueue((queue, operation, result) => {
      const tookAway = operation.type !== 'previous' && result.undoable?.upcoming !== queue.undoable?.upcoming;
      if (result.undoable === null || !tookAway) return;
      const restored = ids(after(result, undo));
      const expected =
        operation.type === 'clear' && operation.keepCurrent !== true ? ids(queue) : queue.upcoming.map(({ id }) => id);
      const playing = after(result, undo).current?.id;
      expect(restored.filter((id) => id !== playing)).toEqual(expected.filter((id) => id !== playing));
    });
  });

  it('means the same after a journey through JSON', () => {
    everyQueue((queue, operation, result) => {
      const told: QueueOperation = JSON.parse(JSON.stringify(operation));
      expect(applyOperation(queue, told)).toEqual(result);
    });
  });
});

/** Looks at every operation of many random sequences: the queue before, the operation, the queue after. */
function everyQueue(look: (queue: Queue, operation: QueueOperation, result: Queue, model: QueueModel) => void): void {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60, size: 'max' }), (steps) => {
      const model = new QueueModel();
      let next = 0;
      let queue = EMPTY_QUEUE;
      for (const step of steps) {
        const operation = operationFor(step, queue, () => next++);
        const result = applyOperation(queue, operation);
        look(queue, operation, result, model);
        queue = result;
      }
    }),
    { numRuns: 100 },
  );
}
