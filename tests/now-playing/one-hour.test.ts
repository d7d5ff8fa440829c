import { expect, it, onTestFinished, vi } from 'vitest';
import { Hour } from './fixtures/hour.ts';

const HOUR_MS = 3_600_000;
const SEEDS = Array.from({ length: 150 }, (_, seed) => seed);

it.each(SEEDS)(
  'keeps one display for an hour in which everything goes wrong, and edits it no more than it may: %i',
  async (seed) => {
    vi.useFakeTimers({ now: 0 });
    onTestFinished(() => void vi.useRealTimers());
    const hour = new Hour(seed);
    for (let calmAt = HOUR_MS / 6; Date.now() < HOUR_MS; calmAt += HOUR_MS / 6) {
      while (Date.now() < calmAt) {
        await hour.step();
        expect(hour.rules.broken).toEqual([]);
      }
      await hour.calm();
      expect(hour.rules.broken).toEqual([]);
      const [display, ...others] = hour.town.posted.values();
      expect(others).toEqual([]);
      expect(display?.content).toContain('Now playing');
      expect(display?.content).toContain(hour.playback.entry?.track.title);
    }
    expect(hour.rules.bounded()).toBe(true);
    expect(hour.rules.edits).toBeGreaterThan(50);
  },
  60_000,
);
