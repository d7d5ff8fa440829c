import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyOperation, type QueueOperation } from '../../src/queue/queue-operations.ts';
import { EMPTY_QUEUE, type LoopMode, type Queue } from '../../src/queue/queue.ts';
import { anyStep, entries, entry, ids, operationFor, QueueModel } from './queue-model.ts';

const queueOf = (loop: LoopMode, current: string | null, ...upcoming: string[]): Queue => ({
  current: current === null ? null : entry(current),
  upcoming: upcoming.map(entry),
  loop,
});
const after = (queue: Queue, ...operations: QueueOperation[]) => operations.reduce(applyOperation, queue);
/** `a b c` with the current one first, `- b c` when none is current. */
const told = (queue: Queue) => [queue.current?.id ?? '-', ...queue.upcoming.map(({ id }) => id)].join(' ');

describe('queue operations', () => {
  it('add puts entries at the end and starts nothing', () => {
    expect(told(after(queueOf('off', 'a', 'b'), { type: 'add', entries: [entry('c'), entry('d')] }))).toBe('a b c d');
    expect(told(after(EMPTY_QUEUE, { type: 'add', entries: [entry('a')] }))).toBe('- a');
    expect(told(after(EMPTY_QUEUE, { type: 'add', entries: [entry('a'), entry('b')], start: true }))).toBe('a b');
    expect(told(after(queueOf('off', 'a'), { type: 'add', entries: [entry('b')], start: true }))).toBe('a b');
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

  it('clear empties everything and keeps the loop mode', () => {
    expect(after(queueOf('queue', 'a', 'b'), { type: 'clear' })).toEqual({ ...EMPTY_QUEUE, loop: 'queue' });
  });

  it('agrees with a naive model over any operations, and changes no queue that it was given', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const model = new QueueModel();
        let next = 0;
        let queue = EMPTY_QUEUE;
        for (const step of steps) {
          const operation = operationFor(step, queue, () => next++);
          const before = structuredClone(queue);
          const result = applyOperation(queue, operation);
          model.apply(operation);
          expect(queue).toEqual(before);
          expect(result).toEqual(model.asQueue());
          expect(new Set(ids(result)).size).toBe(ids(result).length);
          queue = result;
        }
      }),
      { numRuns: 150 },
    );
  });

  it('means the same after a journey through JSON', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 20 }), (steps) => {
        let next = 0;
        let queue = EMPTY_QUEUE;
        for (const step of steps) {
          const operation = operationFor(step, queue, () => next++);
          const told: QueueOperation = JSON.parse(JSON.stringify(operation));
          expect(applyOperation(queue, told)).toEqual(applyOperation(queue, operation));
          queue = applyOperation(queue, operation);
        }
      }),
      { numRuns: 50 },
    );
  });
});
