import { expect, it } from 'vitest';
import { SlidingWindow } from '../../src/voice/sliding-window.ts';

it('lets so many through in any span of time, and says how long one more would wait', () => {
  const window = new SlidingWindow(3, 60_000);
  for (const at of [0, 1_000, 2_000]) window.note(at);
  expect(window.waitMs(1, 2_000)).toBe(58_000);
  expect(window.waitMs(2, 2_000)).toBe(59_000);
  expect(window.waitMs(1, 59_999)).toBe(1);
  expect(window.waitMs(1, 60_000)).toBe(0);
  expect(window.waitMs(2, 60_000)).toBe(1_000);
});

it('counts also what went through above the limit', () => {
  const window = new SlidingWindow(2, 60_000);
  window.note(0, 5);
  window.note(1_000);
  expect(window.waitMs(1, 1_000)).toBe(59_000);
  expect(window.waitMs(2, 1_000)).toBe(60_000);
});

it('lets more than the limit go when there is nothing else', () => {
  const window = new SlidingWindow(2, 60_000);
  expect(window.waitMs(3, 0)).toBe(0);
  window.note(0);
  expect(window.waitMs(3, 0)).toBe(60_000);
});

it('says when the last of many may go, each as soon as it can', () => {
  const window = new SlidingWindow(3, 60_000);
  window.note(0);
  expect([1, 2, 3, 4, 5, 6, 7].map((count) => window.lastMs(count, 10_000))).toEqual([
    0, 0, 50_000, 60_000, 60_000, 110_000, 120_000,
  ]);
});

it('holds nobody up for longer than a window when the clock is set back', () => {
  const window = new SlidingWindow(1, 60_000);
  window.note(3_600_000);
  expect(window.waitMs(1, 0)).toBe(60_000);
});
