import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { Machine } from '../../src/lib/machine.ts';
import { ConnectionMonitor } from '../../src/voice/connection-monitor.ts';
import { IncidentLog } from '../../src/voice/incident-log.ts';
import { isVoicePacket } from '../../src/voice/network-guard.ts';
import { SlidingWindow } from '../../src/voice/sliding-window.ts';
import { LEGAL, type VoiceState } from '../../src/voice/voice-state.ts';

afterEach(() => void vi.useRealTimers());

it('leaves a state that was given up only by a person: to join, or to nothing', () => {
  const machine = new Machine<VoiceState>({ status: 'failed', reason: 'x' }, LEGAL);
  expect(LEGAL.failed).toEqual(['joining', 'idle']);
  expect(() => machine.to({ status: 'ready', channelId: '1', since: 0 })).toThrow('illegal transition');
});

it('counts what was sent in the last minute', () => {
  const window = new SlidingWindow(3, 60_000);
  for (const at of [0, 1_000, 2_000]) window.note(at);
  expect(window.waitMs(1, 2_000)).toBe(58_000);
  expect(window.waitMs(2, 2_000)).toBe(59_000);
  expect(window.waitMs(1, 60_000)).toBe(0);
});

it('gives out turns in the order of asking, and never more than the limit', () => {
  const window = new SlidingWindow(3, 60_000);
  expect([0, 10, 20, 30, 40].map((now) => now + window.take(1, now))).toEqual([0, 10, 20, 60_000, 60_010]);
  expect(60_005 + window.take(2, 60_005)).toBe(120_000);
});

it('calls a connection stuck when a player plays and nothing leaves', () => {
  let now = 0;
  const monitor = new ConnectionMonitor(5_000, () => now);
  const look = (framesSent: number, playing: boolean, at: number) => {
    now = at;
    return monitor.judge({ framesSent, playing });
  };
  expect(look(10, true, 1_000)).toBe('healthy');
  expect(look(10, true, 5_999)).toBe('healthy');
  expect(look(10, true, 6_000)).toBe('stuck');
  expect(look(11, true, 7_000)).toBe('healthy');
  expect(look(11, false, 20_000)).toBe('quiet');
  expect(look(11, true, 24_000)).toBe('healthy');
});

it('watches a connection until it is stuck, and no longer than it lives', () => {
  vi.useFakeTimers();
  const monitor = new ConnectionMonitor(5_000, Date.now);
  const life = new AbortController();
  const stuck = vi.fn<() => void>(() => life.abort());
  monitor.watch({ framesSent: 10, playing: true }, life.signal, stuck);
  vi.advanceTimersByTime(5_999);
  expect(stuck).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(stuck).toHaveBeenCalledOnce();
});

it('keeps one incident open, twenty in all', () => {
  const log = new IncidentLog('1', null, pino({ level: 'silent' }));
  expect(log.open('lost (4006)', 1_000)).toEqual({ at: 1_000, what: 'lost (4006)', outcome: null });
  expect(log.open('refused', 1_010)).toBeNull();
  expect(log.settle('back after {ms}', 1_050)).toEqual({ at: 1_000, what: 'lost (4006)', outcome: 'back after 50 ms' });
  expect(log.settle('back again', 1_060)).toBeNull();
  for (let n = 0; n < 30; n += 1) {
    log.open(`lost ${n}`, n);
    log.settle('back', n);
  }
  expect(log.all.map(({ what }) => what)).toEqual(Array.from({ length: 20 }, (_, index) => `lost ${index + 10}`));
});

it('takes for sound only what can be a whole encrypted Opus packet', () => {
  const packet = Buffer.concat([Buffer.from([0x80, 0x78]), Buffer.alloc(31)]);
  expect(isVoicePacket(packet)).toBe(true);
  expect(isVoicePacket(packet.subarray(0, 32))).toBe(false);
  expect(isVoicePacket(Buffer.from([0x40, ...packet.subarray(1)]))).toBe(false);
  expect(isVoicePacket(Buffer.from([0x80, 0xc8, ...packet.subarray(2)]))).toBe(false);
  expect(isVoicePacket(Buffer.alloc(0))).toBe(false);
});
