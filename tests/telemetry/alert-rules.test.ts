import { describe, expect, it } from 'vitest';
import {
  NOTHING_YET,
  remembered,
  review,
  type AlertName,
  type Episodes,
  type History,
} from '../../src/telemetry/alert-rules.ts';

const LIMITS = { sessionInvalid: 5 };
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NOW = 1_800_000_000_000;

const closings = (codes: readonly number[], at = NOW): History => ({
  ...NOTHING_YET,
  closings: codes.map((code) => ({ code, documented: code < 4_100, at })),
});
const settlements = (outcomes: readonly string[], at = NOW): History => ({
  ...NOTHING_YET,
  settlements: outcomes.map((outcome) => ({ cause: 'x', outcome, ms: 1, at })),
});
const of = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** The alerts that begin with this history. */
function alertsOf(history: History, now = NOW): readonly AlertName[] {
  return review(new Map(), history, now, LIMITS).lines.map(({ alert }) => alert);
}

describe('an alert is', () => {
  it.each<[string, History, readonly AlertName[]]>([
    ['no close at all', NOTHING_YET, []],
    ['five sessions that became invalid in five minutes', closings(of(5, 4006)), []],
    ['six sessions that became invalid in five minutes', closings(of(6, 4006)), ['sessions-invalid']],
    ['six other closes in five minutes', closings(of(6, 4015)), []],
    ['six sessions that became invalid five minutes ago', closings(of(6, 4006), NOW - 5 * MINUTE), []],
    ['two unknown codes in a row', closings([4006, 4999, 4998]), []],
    ['three unknown codes in a row', closings([4006, 4999, 4998, 4999]), ['unknown-codes']],
    ['three unknown codes with a known one between them', closings([4999, 4998, 4006, 4999]), []],
    ['four failures, the only four', settlements(of(4, 'gave-up'), NOW - 6 * MINUTE), []],
    ['five failures, the only five', settlements(of(5, 'gave-up'), NOW - 6 * MINUTE), ['recoveries-fail']],
    ['four of twenty that failed', settlements([...of(4, 'gave-up'), ...of(16, 'resumed')], NOW - 6 * MINUTE), []],
    [
      'five of twenty that failed',
      settlements([...of(5, 'gave-up'), ...of(15, 'rejoined')], NOW - 6 * MINUTE),
      ['recoveries-fail'],
    ],
    [
      'six that failed before the last twenty',
      settlements([...of(6, 'gave-up'), ...of(20, 'rejoined')], NOW - 6 * MINUTE),
      [],
    ],
    ['people who sent the bot away', settlements(of(20, 'stayed-out')), []],
    ['one connection that was given up', settlements(['gave-up']), ['gave-up']],
    ['voice failing everywhere', { ...NOTHING_YET, outage: true }, ['outage']],
    ['changes that are not saved', { ...NOTHING_YET, unsaved: 'the disk is full' }, ['not-saved']],
    ['a fault of the library', { ...NOTHING_YET, survivals: [{ at: NOW }] }, ['library-faults']],
  ])('%s', (_what, history, alerts) => {
    expect(alertsOf(history)).toEqual(alerts);
  });
});

it('says what is wrong, with numbers and without a guild', () => {
  const [line] = review(new Map(), closings(of(7, 4006)), NOW, LIMITS).lines;
  expect(line).toEqual({
    alert: 'sessions-invalid',
    over: false,
    text: '7 voice sessions became invalid (4006) in 5 minutes',
  });
});

/** What is told of an outage that is seen (or not) at each look, so many milliseconds after the one before. */
function told(looks: readonly (readonly [afterMs: number, outage: boolean])[]): readonly string[] {
  let episodes: Episodes = new Map();
  let now = NOW;
  return looks.flatMap(([afterMs, outage]) => {
    now += afterMs;
    const step = review(episodes, { ...NOTHING_YET, outage }, now, LIMITS);
    ({ episodes } = step);
    return step.lines.map(({ alert, over }) => `${alert} ${over ? 'over' : 'began'}`);
  });
}

it('tells an alert once when it begins, and once when it has been over for a minute', () => {
  const looks = [
    [0, true],
    [SECOND, true],
    [30 * SECOND, false],
    [29 * SECOND, false],
    [SECOND, false],
    [MINUTE, false],
  ] as const;
  expect(told(looks)).toEqual(['outage began', 'outage over']);
});

it('tells nothing of one that comes and goes within a minute', () => {
  const looks = Array.from({ length: 10 }, (_, look) => [30 * SECOND, look % 2 === 0] as const);
  expect(told(looks)).toEqual(['outage began']);
});

it('tells the same again when it begins again', () => {
  const looks = [
    [0, true],
    [MINUTE, false],
    [MINUTE, true],
  ] as const;
  expect(told(looks)).toEqual(['outage began', 'outage over', 'outage began']);
});

it('forgets what is an hour old, and all but the last two thousand', () => {
  const old = [{ at: NOW - 60 * MINUTE }, { at: NOW - 60 * MINUTE + 1 }];
  expect(remembered(old, NOW)).toEqual(old.slice(1));
  expect(remembered(of(3_000, { at: NOW }), NOW)).toHaveLength(2_000);
});
