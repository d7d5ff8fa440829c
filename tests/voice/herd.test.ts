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
function outage(random: () => number) {
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
  town.strike(GUILDS);
  const people = setInterval(() => town.ask(`person ${Date.now()}`, { urgent: true }), 10 * SECOND);
  vi.advanceTimersByTime(20 * MINUTE);
  clearInterval(people);
  const recovered = [...back].filter(([guild]) => !guild.startsWith('person'));
  const lastAt = Math.max(...recovered.map(([, at]) => at));
  return { town, end, recovered, lastAt };
}

it.each([0, 0.5, 1])('a thousand guilds are back within 1.2 times the minimum, whatever the jitter (%f)', (random) => {
  const { town, end, recovered, lastAt } = outage(() => random);
  expect(recovered).toHaveLength(GUILDS);
  // People's joins need their share of what the gateway takes, too.
  const sends = town.times.filter((at) => at >= end && at <= lastAt).length;
  expect((lastAt - end) / MINUTE).toBeLessThan((1.2 * sends) / GATEWAY_SENDS_PER_MINUTE);
});

it('a thousand guilds send hardly anything during the outage', () => {
  const { town, end } = outage(() => 0.5);
  const probes = town.went.filter(({ guild, at }) => at < end && !guild.startsWith('person'));
  expect(probes.length).toBeLessThanOrEqual(8);
});

it('a thousand guilds never send more than the gateway takes, people included, however late it arrives', () => {
  const { town } = outage(() => 0.5);
  for (let stall = 0; stall < 3 * MINUTE; stall += SECOND) {
    // What is sent within these seconds arrives together at their end.
    const arrive = (at: number) => (at >= stall && at < stall + STALL_MS ? stall + STALL_MS : at);
    expect(peak(town.times.map(arrive), MINUTE)).toBeLessThanOrEqual(GATEWAY_SENDS_PER_MINUTE - HEARTBEATS_PER_MINUTE);
  }
});
