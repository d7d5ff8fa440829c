import { describe, expect, it } from 'vitest';
import { cpuMsIn, rssMbIn } from '../bench/process-usage.ts';
import { jitter, median, quantile, rounded } from '../bench/statistics.ts';

describe('statistics', () => {
  it('finds the middle, between two values where there is no middle one', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([0, 10], 0.99)).toBeCloseTo(9.9);
    expect(median([])).toBeNaN();
  });

  it('calls jitter what two arrivals are apart more or less than they should be', () => {
    expect(jitter([100, 120, 141, 159], 20)).toEqual([0, 1, 2]);
    expect(jitter([], 20)).toEqual([]);
  });

  it('rounds to numbers, not to text', () => {
    expect(rounded(1.005_1, 2)).toBe(1.01);
    expect(rounded(2, 3)).toBe(2);
  });
});

describe('the usage of a process', () => {
  it('is read behind a name with brackets and spaces, with the children that have ended', () => {
    const stat = '42 (a) b (c)) S 1 42 42 0 -1 4194304 96 0 1 0 7 3 20 1 20 0 11 0 382727 3133440';
    expect(cpuMsIn(stat)).toBe(310);
  });

  it('tells what it holds in memory', () => {
    expect(rssMbIn('Name:\tnode\nVmHWM:\t  999999 kB\nVmRSS:\t  204800 kB\n')).toBe(200);
    expect(rssMbIn('Name:\tnode\n')).toBeNaN();
  });
});
