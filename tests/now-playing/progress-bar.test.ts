import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { progressBar } from '../../src/now-playing/progress-bar.ts';

const cells = (bar: string) => Array.from(bar);

it.each([
  [0, 100, '🔘▬▬▬'],
  [24, 100, '🔘▬▬▬'],
  [25, 100, '▬🔘▬▬'],
  [99, 100, '▬▬▬🔘'],
  [100, 100, '▬▬▬🔘'],
  [250, 100, '▬▬▬🔘'],
  [-50, 100, '🔘▬▬▬'],
  [Number.NaN, 100, '🔘▬▬▬'],
  [Infinity, 100, '▬▬▬🔘'],
  [50, null, '▬▬▬▬'],
  [50, 0, '▬▬▬▬'],
  [50, -1, '▬▬▬▬'],
  [50, Number.NaN, '▬▬▬▬'],
  [50, Infinity, '🔘▬▬▬'],
])('shows %d of %s', (position, duration, bar) => {
  expect(progressBar(position, duration, 4)).toBe(bar);
});

it('always has its cells, and one knob when the length is known', () => {
  const any = fc.oneof(fc.double(), fc.integer());
  fc.assert(
    fc.property(any, fc.option(any), fc.integer({ min: 1, max: 40 }), (position, duration, width) => {
      const bar = cells(progressBar(position, duration, width));
      expect(bar).toHaveLength(width);
      expect(bar.filter((cell) => cell === '🔘')).toHaveLength(duration !== null && duration > 0 ? 1 : 0);
    }),
  );
});

it('moves forward only', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 1e7 }), (a, b, duration) => {
      const knob = (position: number) => cells(progressBar(position, duration)).indexOf('🔘');
      expect(knob(Math.min(a, b))).toBeLessThanOrEqual(knob(Math.max(a, b)));
    }),
  );
});
