import { describe, expect, it } from 'vitest';
import {
  attemptDelay,
  cooldownDelay,
  DEFAULT_POLICY,
  NO_EPISODE,
  nextStep,
  type Episode,
  type Manner,
  type Step,
} from '../../src/voice/reconnect-policy.ts';

const even = () => 0.5;
const MINUTE = 60_000;

describe('the wait before a try', () => {
  it('is nothing before the first, then a second, and twice as long each time, five times', () => {
    const delays = [0, 1, 2, 3, 4, 5].map((n) => attemptDelay(DEFAULT_POLICY, n, even));
    expect(delays).toEqual([0, 1_000, 2_000, 4_000, 8_000, null]);
  });

  it('differs by up to 30 % either way, also at the cap', () => {
    const patient = { ...DEFAULT_POLICY, attempts: 100 };
    expect([0, 1].map((random) => attemptDelay(patient, 1, () => random))).toEqual([700, 1_300]);
    expect([0, 1].map((random) => attemptDelay(patient, 99, () => random))).toEqual([3.5 * MINUTE, 6.5 * MINUTE]);
  });
});

describe('a cool-down', () => {
  it('lasts half a minute, two, then five for as long as there are any', () => {
    const delays = [0, 1, 2, 3, 11, 12].map((n) => cooldownDelay(DEFAULT_POLICY, n, () => 0));
    expect(delays).toEqual([30_000, 2 * MINUTE, 5 * MINUTE, 5 * MINUTE, 5 * MINUTE, null]);
  });

  it('is never shorter than it says', () => {
    expect(cooldownDelay(DEFAULT_POLICY, 0, () => 1)).toBe(39_000);
  });
});

describe('the next step', () => {
  const at = (now: number, manner: Manner = 'at-once') => ({ now, random: even, manner });
  const run = (steps: number, from: Episode = NO_EPISODE): Step[] => {
    const taken: Step[] = [];
    let episode = from;
    for (let n = 0; n < steps; n += 1) {
      const step = nextStep(DEFAULT_POLICY, episode, at(0));
      taken.push(step);
      if (step.kind === 'give-up') break;
      ({ episode } = step);
    }
    return taken;
  };

  it('is five tries, then one after each of twelve cool-downs, then no more', () => {
    const kinds = run(30).map(({ kind }) => kind);
    const expected = [...Array<string>(5).fill('try'), ...Array<string>(12).fill('cool-down'), 'give-up'];
    expect(kinds).toEqual(expected);
  });

  it('counts what was tried before until a connection has held for ten minutes', () => {
    const flapping: Episode = { ...NO_EPISODE, attempts: 3, cooldowns: 1, readyAt: 0 };
    expect(nextStep(DEFAULT_POLICY, flapping, at(10 * MINUTE - 1))).toMatchObject({ kind: 'try', delayMs: 4_000 });
    expect(nextStep(DEFAULT_POLICY, flapping, at(10 * MINUTE))).toMatchObject({
      delayMs: 0,
      episode: { attempts: 1, cooldowns: 0 },
    });
  });

  it('is a cool-down at once when Discord asks for it', () => {
    expect(nextStep(DEFAULT_POLICY, NO_EPISODE, at(1_000, 'cool-down'))).toMatchObject({
      kind: 'cool-down',
      delayMs: 34_500,
      episode: { quietUntil: 35_500 },
    });
  });

  it('is never at once when nobody knows what happened, and no other way slower', () => {
    const careful = (attempts: number) => nextStep(DEFAULT_POLICY, { ...NO_EPISODE, attempts }, at(0, 'careful'));
    expect([0, 1, 2].map(careful)).toMatchObject([{ delayMs: 1_000 }, { delayMs: 2_000 }, { delayMs: 4_000 }]);
    expect(careful(5)).toMatchObject({ kind: 'cool-down' });
  });
});
