import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Departures } from '../../src/player/departures.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched() {
  const left: string[] = [];
  const departures = new Departures(
    async (guildId, line) => void left.push(`${guildId} ${line}`),
    (guildId, error) => left.push(`${guildId} ${String(error)}`),
  );
  return { departures, left };
}

it('leaves after the time, once', async () => {
  const { departures, left } = watched();
  for (let time = 0; time < 3; time += 1) departures.expect('1', { afterMs: 100, line: 'alone' });
  await vi.advanceTimersByTimeAsync(99);
  expect(left).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(left).toEqual(['1 alone']);
});

it('stays when somebody comes back, and begins anew for another reason', async () => {
  const { departures, left } = watched();
  departures.expect('1', { afterMs: 100, line: 'alone' });
  await vi.advanceTimersByTimeAsync(90);
  departures.expect('1', null);
  await vi.advanceTimersByTimeAsync(1_000);
  departures.expect('1', { afterMs: 100, line: 'alone' });
  await vi.advanceTimersByTimeAsync(90);
  departures.expect('1', { afterMs: 100, line: 'ended' });
  await vi.advanceTimersByTimeAsync(90);
  expect(left).toEqual([]);
  await vi.advanceTimersByTimeAsync(10);
  expect(left).toEqual(['1 ended']);
});

it('leaves nobody behind a timer when it closes', async () => {
  const { departures, left } = watched();
  departures.expect('1', { afterMs: 100, line: 'alone' });
  departures.close();
  departures.expect('2', { afterMs: 100, line: 'alone' });
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(left).toEqual([]);
});
