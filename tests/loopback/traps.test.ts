import { describe, expect, it } from 'vitest';
import { Traps } from '../../loopback/traps.ts';

describe('traps', () => {
  it('are met the newest first, by whom they fit', () => {
    const traps = new Traps<number, string>();
    traps.lay('any');
    traps.lay('even', { fits: (number) => number % 2 === 0 });
    expect([1, 2].map((number) => traps.meet(number))).toEqual(['any', 'even']);
  });

  it('are used up when they were for so many times', () => {
    const traps = new Traps<null, string>();
    traps.lay('twice', { times: 2 });
    expect([1, 2, 3].map(() => traps.meet(null))).toEqual(['twice', 'twice', null]);
    expect(traps.empty).toBe(true);
  });

  it('are taken away once, each its own', () => {
    const traps = new Traps<null, string>();
    const lifts = ['a', 'a'].map((value) => traps.lay(value));
    lifts[0]?.();
    lifts[0]?.();
    expect(traps.meet(null)).toBe('a');
    lifts[1]?.();
    expect(traps.meet(null)).toBeNull();
  });
});
