import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { Machine } from '../../src/lib/machine.ts';
import { IncidentLog } from '../../src/voice/incident-log.ts';
import { LEGAL, type VoiceState } from '../../src/voice/voice-state.ts';

afterEach(() => void vi.useRealTimers());

it('leaves a state that was given up only for a person: to join, to wait until it may, or to nothing', () => {
  const machine = new Machine<VoiceState>({ status: 'failed', reason: 'x' }, LEGAL);
  expect(LEGAL.failed).toEqual(['joining', 'cooling-down', 'idle']);
  expect(() => machine.to({ status: 'ready', channelId: '1', since: 0 })).toThrow('illegal transition');
});

it('keeps one incident open, twenty in all', () => {
  const log = new IncidentLog('1', null, pino({ level: 'silent' }));
  const lost = { code: 4006, name: 'session no longer valid', sentence: 'lost (4006)' };
  const refused = { code: 4004, name: 'authentication failed', sentence: 'refused (4004)' };
  expect(log.note(lost, 1_000)).toMatchObject({ at: 1_000, code: 4006, what: 'lost (4006)', result: 'open' });
  expect(log.note(lost, 1_001)).toBeNull();
  expect(log.note(refused, 1_010)).toMatchObject({ at: 1_000, what: 'lost (4006)', reason: 'refused (4004)' });
  expect(log.tried()).toMatchObject({ attempts: 1 });
  const settled = { what: 'lost (4006)', attempts: 1, endedAt: 1_050, result: 'rejoined' };
  expect(log.settle('rejoined', 1_050)).toMatchObject(settled);
  expect(log.settle('rejoined', 1_060)).toBeNull();
  expect(log.tried()).toBeNull();
  for (let n = 0; n < 30; n += 1) {
    log.note({ ...lost, sentence: `lost ${n}` }, n);
    log.settle('resumed', n);
  }
  expect(log.all.map(({ what }) => what)).toEqual(Array.from({ length: 20 }, (_, index) => `lost ${index + 10}`));
});
