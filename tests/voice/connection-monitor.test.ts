import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ConnectionMonitor } from '../../src/voice/connection-monitor.ts';
import { TROUBLES, type Trouble } from '../../src/voice/troubles.ts';
import type { MonitorRemedy } from '../../src/voice/verdicts.ts';
import { look, type Seen } from './evidence.ts';

const STUCK: Seen = { link: { framesSent: 10 } };
const LOST: Seen = { link: { udp: 'silent' } };
const MINUTE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A monitor and what it did; each watch sees what `seen` is then. */
function scene(first: Seen) {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const monitor = new ConnectionMonitor({
    options: { stuckAfterMs: 5_000, daveStuckAfterMs: 8_000 },
    now: Date.now,
    log,
  });
  const acts: (readonly [MonitorRemedy, Trouble])[] = [];
  const here = { seen: first, life: new AbortController(), monitor, acts, lines, watch };
  function watch(onAct: () => void = () => here.life.abort()): void {
    here.life = new AbortController();
    monitor.watch(
      () => look(Date.now(), here.seen),
      here.life.signal,
      (...act) => {
        acts.push(act);
        onAct();
      },
    );
  }
  return here;
}

it('asks for a fresh session when nothing leaves, and looks no longer than the life that it was given', () => {
  const { acts, watch } = scene(STUCK);
  watch();
  vi.advanceTimersByTime(4_999);
  expect(acts).toEqual([]);
  vi.advanceTimersByTime(MINUTE_MS);
  expect(acts).toEqual([['rejoin', TROUBLES.nothingLeaves]]);
  expect(vi.getTimerCount()).toBe(0);
});

it('asks once for as long as nothing changes', () => {
  const here = scene(STUCK);
  here.watch(() => undefined);
  vi.advanceTimersByTime(MINUTE_MS);
  expect(here.acts).toHaveLength(1);
  here.seen = {};
  vi.advanceTimersByTime(MINUTE_MS);
  here.seen = STUCK;
  vi.advanceTimersByTime(MINUTE_MS);
  expect(here.acts).toHaveLength(2);
});

it('asks for nothing but a new socket when only heartbeats stay unanswered', () => {
  const { acts, watch } = scene({ heartbeat: { answeredAt: Date.now(), missed: 2 } });
  watch();
  vi.advanceTimersByTime(MINUTE_MS);
  expect(acts).toEqual([['resume', TROUBLES.noHeartbeats]]);
});

it.each<Seen>([
  {},
  { silence: 'muted' },
  { silence: 'suppressed' },
  { listeners: 0 },
  { playing: false, paused: true },
])('leaves the link alone over %j', (seen) => {
  const { acts, watch } = scene(seen);
  watch();
  vi.advanceTimersByTime(10 * MINUTE_MS);
  expect(acts).toEqual([]);
});

it('rejoins for lost datagrams only once in a quarter of an hour, and keeps saying that they are lost', () => {
  const here = scene(LOST);
  here.watch();
  vi.advanceTimersByTime(2_000);
  expect(here.acts).toHaveLength(1);
  here.watch();
  vi.advanceTimersByTime(14 * MINUTE_MS);
  expect(here.acts).toHaveLength(1);
  expect(here.monitor.verdict).toBe('udp-lost');
  vi.advanceTimersByTime(2 * MINUTE_MS);
  expect(here.acts).toHaveLength(2);
});

it('logs a verdict when it changes, and has none while there is nothing to look at', () => {
  const here = scene({});
  expect(here.monitor.verdict).toBe('quiet');
  here.watch();
  vi.advanceTimersByTime(10_000);
  here.seen = { silence: 'muted' };
  vi.advanceTimersByTime(10_000);
  expect(here.lines.map(({ verdict, before }) => [before, verdict])).toEqual([
    ['quiet', 'healthy'],
    ['healthy', 'muted'],
  ]);
  here.life.abort();
  expect(here.monitor.verdict).toBe('quiet');
});
