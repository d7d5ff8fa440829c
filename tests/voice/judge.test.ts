import { expect, it } from 'vitest';
import { begin, judge, LOOK_EVERY_MS } from '../../src/voice/judge.ts';
import type { Evidence } from '../../src/voice/link-evidence.ts';
import type { Verdict } from '../../src/voice/verdicts.ts';
import { look, type Seen } from './evidence.ts';

const LIMITS = { stuckAfterMs: 5_000, daveStuckAfterMs: 8_000 };
const START = 1_000_000;

/** The verdicts of a look each second, for so many seconds; `seen` may change with the seconds. */
function verdicts(seconds: number, seen: (second: number) => Evidence): Verdict[] {
  let clocks = begin(seen(0), START);
  return Array.from({ length: seconds }, (_, index) => {
    const judged = judge(seen(index + 1), START + (index + 1) * LOOK_EVERY_MS, clocks, LIMITS);
    ({ clocks } = judged);
    return judged.verdict;
  });
}

const at = (second: number): number => START + second * LOOK_EVERY_MS;
const always = (seen: Seen) => (second: number) => look(at(second), seen);
/** Nothing leaves. */
const stuck = { link: { framesSent: 10 } };

/** In the second in which a verdict is first given, or null within a minute. */
function firstSecond(verdict: Verdict, seen: (second: number) => Evidence): number | null {
  const index = verdicts(60, seen).indexOf(verdict);
  return index === -1 ? null : index + 1;
}

it.each<[Verdict, Seen]>([
  ['healthy', {}],
  ['paused', { playing: false, paused: true, ...stuck }],
  ['quiet', { playing: false, ...stuck }],
  ['muted', { silence: 'muted', ...stuck }],
  ['suppressed', { silence: 'suppressed', ...stuck }],
  ['alone', { listeners: 0, dave: { encrypted: false } }],
])('calls it %s for a minute when it is, and nothing else', (verdict, seen) => {
  expect(new Set(verdicts(60, always(seen)))).toEqual(new Set([verdict]));
});

it('calls it stuck when music plays and nothing leaves for five seconds', () => {
  expect(verdicts(6, always(stuck))).toEqual([
    ...Array.from({ length: 4 }, () => 'healthy'),
    'silent-stuck',
    'silent-stuck',
  ]);
});

it('calls it stuck whether somebody listens or not', () => {
  expect(firstSecond('silent-stuck', always({ ...stuck, listeners: 0 }))).toBe(5);
});

it('gives sound five seconds again after a pause, a mute, and each frame that leaves', () => {
  const seen = (second: number): Evidence => {
    if (second === 4) return look(at(second), { ...stuck, playing: false, paused: true });
    if (second === 8) return look(at(second), { ...stuck, silence: 'muted' });
    return look(at(second), { link: { framesSent: second < 12 ? 10 : 11 } });
  };
  expect(firstSecond('silent-stuck', seen)).toBe(12 + 5);
});

it('calls the link down at the second unanswered heartbeat', () => {
  const seen = (second: number) =>
    look(at(second), { heartbeat: { answeredAt: START, missed: Math.floor((second * LOOK_EVERY_MS) / 13_750) } });
  expect(firstSecond('link-down', seen)).toBe(28);
});

it('calls the link down when no answer came for two and a half intervals, whatever the library counts', () => {
  expect(firstSecond('link-down', always({ heartbeat: { answeredAt: START, missed: 1 } }))).toBe(35);
});

it('does not call a link down before it has said how often it wants heartbeats', () => {
  expect(firstSecond('link-down', always({ heartbeat: { answeredAt: 0, missed: 5, intervalMs: null } }))).toBeNull();
});

it('calls it down although it is paused: the song wants to go on', () => {
  const seen = always({ playing: false, paused: true, heartbeat: { answeredAt: START, missed: 2 } });
  expect(firstSecond('link-down', seen)).toBe(14);
});

it('calls encryption stuck when somebody listens and there is no group for eight seconds', () => {
  expect(firstSecond('dave-stuck', always({ dave: { encrypted: false } }))).toBe(8);
});

it('counts those eight seconds from the moment when somebody came', () => {
  const seen = (second: number) => look(at(second), { listeners: second < 20 ? 0 : 1, dave: { encrypted: false } });
  expect(firstSecond('dave-stuck', seen)).toBe(19 + 8);
});

it('has nothing against a channel without end-to-end encryption', () => {
  expect(firstSecond('dave-stuck', always({ dave: { version: 0, encrypted: false } }))).toBeNull();
});

it('calls encryption stuck when a transition is not executed for ten seconds', () => {
  const seen = (second: number) => look(at(second), { dave: { preparedTransition: second < 3 ? null : 7 } });
  expect(firstSecond('dave-stuck', seen)).toBe(3 + 10);
});

it('forgets a transition that another one has overtaken', () => {
  const seen = (second: number) =>
    look(at(second), { dave: { preparedTransition: 7, executedTransitions: second < 5 ? 0 : 1 } });
  expect(firstSecond('dave-stuck', seen)).toBeNull();
});

it('calls datagrams lost when the probe is not answered any more, while music plays', () => {
  expect(firstSecond('udp-lost', always({ link: { udp: 'silent' } }))).toBe(1);
  expect(firstSecond('udp-lost', always({ link: { udp: 'unproven' } }))).toBeNull();
  expect(firstSecond('udp-lost', always({ link: { udp: 'silent' }, playing: false }))).toBeNull();
});

it('takes nothing for dead that only waited for a process which did not run', () => {
  const ill: Seen = { ...stuck, heartbeat: { answeredAt: START, missed: 1 }, dave: { encrypted: false } };
  const before = begin(look(START, ill), START);
  const late = START + 60_000;
  const first = judge(look(late, ill), late, before, LIMITS);
  expect(first.verdict).toBe('process-stalled');
  let { clocks } = first;
  const rest = [1, 2, 3, 4, 5].map((second) => {
    const judged = judge(look(late, ill), late + second * LOOK_EVERY_MS, clocks, LIMITS);
    ({ clocks } = judged);
    return judged.verdict;
  });
  expect(rest).toEqual(['healthy', 'healthy', 'healthy', 'healthy', 'silent-stuck']);
});

it('takes a clock that was set for a stall too', () => {
  const before = begin(look(START), START);
  expect(judge(look(START), START - 3_600_000, before, LIMITS).verdict).toBe('process-stalled');
});

it('does not mind a look that comes half a second late', () => {
  const before = begin(look(START), START);
  expect(judge(look(START), START + 1.5 * LOOK_EVERY_MS, before, LIMITS).verdict).toBe('healthy');
});
