import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { peak } from '../../bench/herd/peak.ts';
import { Town } from './town.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const GUILDS = 1_000;
const OUTAGE_MS = MINUTE;
const JOIN_MS = 100;
const GATEWAY_SENDS_PER_MINUTE = 120;
const HEARTBEATS_PER_MINUTE = 2;
const STALL_MS = 4 * SECOND;

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** Voice is out everywhere for a minute; then every join succeeds. Each tenth second a person joins somewhere else. */
function outage(random: () => number, guilds = GUILDS) {
  const town = new Town({}, random);
  const back = new Map<string, number>();
  const began = Date.now();
  const end = began + OUTAGE_MS;
  town.onGo = (guild) => {
    setTimeout(() => {
      if (Date.now() >= end) {
        town.pacer.succeeded(guild);
        back.set(guild, Date.now());
      } else {
        town.pacer.failed(guild);
        town.ask(guild);
      }
    }, JOIN_MS);
  };
  town.strike(guilds);
  const people = setInterval(() => town.ask(`person ${Date.now()}`, { urgent: true }), 10 * SECOND);
  vi.advanceTimersByTime(20 * MINUTE);
  clearInterval(people);
  const recovered = [...back].filter(([guild]) => !guild.startsWith('person'));
  const lastAt = Math.max(...recovered.map(([, at]) => at));
  return { town, end, recovered, lastAt };
}

it('more than one minute takes go in even steps', () => {
  const town = new Town({
    recoverySendsPerMinute: 8,
    recoverySendsPerSecond: 4,
    recoveryStep: 2,
    recoveryStepMs: 5_000,
  });
  for (let n = 0; n < 10; n += 1) town.ask(String(n));
  vi.advanceTimersByTime(2 * MINUTE);
  const seconds = town.times.map((at) => at / SECOND);
  expect(seconds).toEqual([0, 0, 0, 0, 5, 5, 10, 10, 60, 60]);
});

it('a minute that has only just passed is counted, as what was sent in it may arrive late', () => {
  const town = new Town({
    recoverySendsPerMinute: 4,
    recoverySendsPerSecond: 4,
    recoveryStep: 2,
    recoveryStepMs: 5_000,
  });
  for (const guild of ['a', 'b', 'c', 'd']) town.ask(guild);
  vi.advanceTimersByTime(MINUTE - 1);
  for (const guild of ['e', 'f', 'g', 'h']) town.ask(guild);
  vi.advanceTimersByTime(MINUTE);
  expect(town.times.map((at) => at / SECOND)).toEqual([0, 0, 0, 0, 60, 60, 65, 65]);
});

it.each([0, 0.5, 1])('a thousand guilds are back within 1.2 times the minimum, whatever the jitter (%f)', (random) => {
  const { town, end, recovered, lastAt } = outage(() => random);
  expect(recovered).toHaveLength(GUILDS);
  // People's joins need their share of what the gateway takes, too.
  const sends = town.times.filter((at) => at >= end && at <= lastAt).length;
  expect((lastAt - end) / MINUTE).toBeLessThan((1.2 * sends) / GATEWAY_SENDS_PER_MINUTE);
});

it('eighty guilds, which one minute takes, are back as fast as they shake hands', () => {
  const { recovered, lastAt } = outage(() => 0.5, 80);
  const firstAt = Math.min(...recovered.map(([, at]) => at));
  expect(recovered).toHaveLength(80);
  expect(lastAt - firstAt).toBeLessThan(6 * SECOND);
});

it('a thousand guilds send hardly anything during the outage', () => {
  const { town, end } = outage(() => 0.5);
  const probes = town.went.filter(({ guild, at }) => at < end && !guild.startsWith('person'));
  expect(probes.length).toBeLessThanOrEqual(8);
});

it.each([100, 110, 200, GUILDS])(
  '%i guilds never send more than the gateway takes, however late it arrives',
  (guilds) => {
    const { town } = outage(() => 0.5, guilds);
    for (let stall = 0; stall < 3 * MINUTE; stall += SECOND) {
      // What is sent within these seconds arrives together at their end.
      const arrive = (at: number) => (at >= stall && at < stall + STALL_MS ? stall + STALL_MS : at);
      const most = peak(town.times.map(arrive), MINUTE);
      expect(most).toBeLessThanOrEqual(GATEWAY_SENDS_PER_MINUTE - HEARTBEATS_PER_MINUTE);
    }
  },
);
