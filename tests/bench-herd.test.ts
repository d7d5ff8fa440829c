import { expect, it } from 'vitest';
import { peak } from '../bench/herd/peak.ts';
import { runHerd } from '../bench/herd/run-herd.ts';

it('finds the most that happened in any span of time', () => {
  expect(peak([], 1_000)).toBe(0);
  expect(peak([0, 999, 1_000, 1_998, 1_999, 5_000], 1_000)).toBe(3);
  expect(peak([5_000, 0, 5_000, 5_000], 1)).toBe(3);
});

it('brings a dozen guilds back after an outage of all voice servers, with hardly a question during it', async () => {
  const plan = {
    guilds: 12,
    playing: 2,
    outageMs: 5_000,
    code: null,
    signal: new AbortController().signal,
    say: () => {},
  };
  const figures = await runHerd(plan);
  expect(figures).toMatchObject({
    playing_again: 2,
    missing_at_the_end: 0,
    process_exits: 0,
    unhandled: 0,
    problems: 0,
  });
  // Two or three probes, and what had left before it was known that voice fails everywhere.
  expect(figures.op4_during_outage).toBeLessThanOrEqual(12);
}, 90_000);
