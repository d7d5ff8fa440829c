import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paginate, type Page } from '../../src/queue/queue-pages.ts';
import { applyOperation } from '../../src/queue/queue-operations.ts';
import { EMPTY_QUEUE, type Queue } from '../../src/queue/queue.ts';
import { anyStep, entries, entry, operationFor } from './queue-model.ts';

const flat = (pages: readonly Page[]) => pages.flatMap(({ entries }) => entries);

describe('pages of a queue', () => {
  it('hold all entries in order, and all are fresh at first', () => {
    const upcoming = entries(1_000);
    const { pages, fresh } = paginate([], upcoming, 5);
    expect(flat(pages)).toEqual(upcoming);
    expect(fresh).toEqual(pages);
    expect(pages.map(({ id }) => id)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it.each([
    ['an entry taken from the front', (list: ReturnType<typeof entries>) => list.slice(1)],
    ['an entry added at the end', (list: ReturnType<typeof entries>) => [...list, entry('new')]],
    ['an entry removed in the middle', (list: ReturnType<typeof entries>) => list.toSpliced(5_000, 1)],
    [
      'an entry moved far',
      (list: ReturnType<typeof entries>) => [...list.slice(1_000, 1_001), ...list.toSpliced(1_000, 1)],
    ],
  ])('are almost all kept after %s', (_, change) => {
    const first = paginate([], entries(10_000), 1);
    const upcoming = change(flat(first.pages));
    const { pages, fresh } = paginate(first.pages, upcoming, 100);
    expect(flat(pages)).toEqual(upcoming);
    expect(fresh.length).toBeLessThanOrEqual(3);
  });

  it('are shared between what is to come and what undo would bring back, also where both begin alike', () => {
    const both = entries(1_000);
    const first = paginate([], both, 1);
    const upcoming = [...both.slice(0, 1), ...both.slice(1).toReversed()];
    const shuffled = paginate(first.pages, upcoming, 100);
    expect(shuffled.fresh).toHaveLength(8);
    const all = new Set([...first.pages, ...shuffled.pages]);
    expect([paginate(all, both, 200).fresh, paginate(all, upcoming, 200).fresh]).toEqual([[], []]);
  });

  it('that are nearly empty are written anew only with what changes beside them', () => {
    const list = entries(640);
    const first = paginate([], list, 1);
    const upcoming = [...list.slice(0, 128), entry('new'), ...list.slice(128)];
    const second = paginate(first.pages, upcoming, 10);
    expect(second.pages.map(({ entries }) => entries.length)).toEqual([128, 1, 128, 128, 128, 128]);
    expect(paginate(second.pages, upcoming, 20).fresh).toEqual([]);
    const third = paginate(second.pages, upcoming.toSpliced(129, 0, entry('newer')), 20);
    expect(third.fresh.map(({ entries }) => entries.map(({ id }) => id))).toEqual([['new', 'newer']]);
  });

  it('hold what the queue holds after any operations, stay few, and never reuse the id of another page', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyStep, { maxLength: 12, size: 'max' }), { maxLength: 12, size: 'max' }),
        (rounds) => {
          let queue: Queue = { ...EMPTY_QUEUE, upcoming: entries(600, 's') };
          let pages: readonly Page[] = [];
          let nextPage = 1;
          let nextEntry = 0;
          for (const steps of rounds) {
            for (const step of steps) {
              queue = {
                ...queue,
                ...applyOperation(
                  queue,
                  operationFor(step, queue, () => nextEntry++),
                ),
              };
            }
            const next = paginate(pages, queue.upcoming, nextPage);
            expect(flat(next.pages)).toEqual(queue.upcoming);
            expect(next.pages.length).toBeLessThanOrEqual(queue.upcoming.length / 24 + 2);
            expect(next.fresh.every(({ id }) => id >= nextPage)).toBe(true);
            expect(paginate(next.pages, queue.upcoming, 1_000).fresh).toEqual([]);
            for (const page of next.pages.filter((page) => !next.fresh.includes(page))) expect(pages).toContain(page);
            nextPage += next.fresh.length;
            pages = next.pages;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
