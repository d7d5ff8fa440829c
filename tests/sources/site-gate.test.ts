import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ratesOf, SiteGate, type SiteGateParts } from '../../src/sources/site-gate.ts';
import type { Urgency } from '../../src/sources/source.ts';
import { TokenBuckets } from '../../src/sources/token-bucket.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const MUCH = { burst: 30, everyMs: 1_000 };
const gateOf = (rates: Partial<SiteGateParts>) => new SiteGate({ site: MUCH, person: MUCH, ...rates });
const flight = (urgency: Urgency = 'now', signal = new AbortController().signal) => ({ signal, urgency });

it('gives so much at once and then one after the other, each name by itself', () => {
  const buckets = new TokenBuckets({ burst: 2, everyMs: 1_000 });
  expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 1_000]);
  expect(buckets.take('b')).toBe(0);
  vi.advanceTimersByTime(999);
  expect(buckets.take('a')).toBe(1);
  vi.advanceTimersByTime(1);
  expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 1_000]);
  vi.advanceTimersByTime(60_000);
  expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 1_000]);
});

it('leaves what is reserved to those without reserve', () => {
  const buckets = new TokenBuckets({ burst: 3, everyMs: 1_000 });
  expect([buckets.take('a', 2), buckets.take('a', 2)]).toEqual([0, 1_000]);
  expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 1_000]);
});

it('remembers no more names than it must', () => {
  const buckets = new TokenBuckets({ burst: 1, everyMs: 1e9 });
  for (let n = 0; n < 20_000; n += 1) buckets.take(`${n}`);
  expect([buckets.take('19999'), buckets.take('0')]).toEqual([1e9, 0]);
});

it('lets what is done ahead wait so that people need not', async () => {
  const gate = gateOf({ site: { burst: 4, everyMs: 1_000 } });
  for (let n = 0; n < 2; n += 1) await gate.enter('a', flight('ahead'));
  let entered = false;
  const ahead = gate.enter('a', flight('ahead')).then(() => (entered = true));
  for (let n = 0; n < 2; n += 1) await gate.enter('a', flight());
  await vi.advanceTimersByTimeAsync(2_500);
  expect(entered).toBe(false);
  await vi.advanceTimersByTimeAsync(2_500);
  await ahead;
});

it('lets somebody in at once who has come to need what was to be done ahead', async () => {
  const gate = gateOf({ site: { burst: 2, everyMs: 60_000 } });
  await gate.enter('a', flight('ahead'));
  const waiting = flight('ahead');
  const entered = gate.enter('a', waiting);
  waiting.urgency = 'now';
  await vi.advanceTimersByTimeAsync(1_000);
  await entered;
});

it('asks no site more often than it bears: people wait a little, then read why, and when to come back', async () => {
  const gate = gateOf({ site: { burst: 1, everyMs: 10_000 } });
  await gate.enter('a', flight());
  const second = gate.enter('a', flight());
  await vi.advanceTimersByTimeAsync(10_000);
  await second;
  const slow = gateOf({ site: { burst: 1, everyMs: 20_000 } });
  await slow.enter('a', flight());
  const refusal = { code: 'SITE_BLOCKED', retryAt: Date.now() + 20_000 };
  await expect(slow.enter('a', flight())).rejects.toMatchObject(refusal);
});

it('keeps to what the settings say', () => {
  expect(ratesOf({ extractionsPerMinute: 5, extractionsPerMinutePerUser: 7 })).toEqual({
    site: { burst: 30, everyMs: 12_000 },
    person: { burst: 7, everyMs: 8_571 },
  });
});

it('gives a person so many look-ups at once', () => {
  const gate = gateOf({ person: { burst: 2, everyMs: 8_000 } });
  gate.admit('1');
  gate.admit('1');
  gate.admit('2');
  expect(() => gate.admit('1')).toThrow(expect.objectContaining({ code: 'ASKED_TOO_FAST', detail: '8.0 s' }));
  vi.advanceTimersByTime(8_000);
  gate.admit('1');
});

it('stops waiting when nobody wants it any more', async () => {
  const gate = gateOf({ site: { burst: 1, everyMs: 10_000 } });
  await gate.enter('a', flight());
  const life = new AbortController();
  const entered = gate.enter('a', flight('now', life.signal));
  life.abort(new Error('left'));
  await expect(entered).rejects.toThrow('left');
});
