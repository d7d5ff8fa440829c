import { describe, expect, it } from 'vitest';
import { voicestatus } from '../../src/commands/voicestatus.ts';
import { stateInWords } from '../../src/commands/words/voice.ts';
import type { VoiceReport } from '../../src/voice/voice-reports.ts';
import type { VoiceState } from '../../src/voice/voice-state.ts';
import { context, services } from './fixtures/services.ts';

async function linesOf(report?: VoiceReport): Promise<string[]> {
  const reply = await voicestatus.run(context(), services(report ? { report } : {}).services);
  return typeof reply === 'string' ? reply.split('\n') : [];
}

describe('/voicestatus', () => {
  it('tells the state, the figures and the newest incidents first', async () => {
    const lines = await linesOf({
      state: { status: 'ready', channelId: '7', since: 1_700_000_000_500 },
      pingMs: 23.4,
      dave: true,
      framesSent: 12_345,
      joins: 3,
      incidents: [
        { at: 1_700_000_001_000, what: 'voice session no longer valid (4006)', outcome: 'joined again after 34 ms' },
        { at: 1_700_000_002_000, what: 'gateway lost', outcome: null },
      ],
    });
    expect(lines).toEqual([
      'Connected to <#7> since <t:1700000000:R>.',
      'Ping 23 ms · end-to-end encrypted (DAVE) · 12,345 frames sent · 3 joins',
      '',
      'Last incidents:',
      '<t:1700000002:R> gateway lost: not settled yet',
      '<t:1700000001:R> voice session no longer valid (4006): joined again after 34 ms',
    ]);
  });

  it('has something to say without a connection', async () => {
    expect(await linesOf()).toEqual([
      'Not in a voice channel.',
      'No ping yet · no encryption without a connection · 0 frames sent · 0 joins',
      '',
      'No incidents.',
    ]);
  });

  it('shows eight incidents of a thousand', async () => {
    const incidents = Array.from({ length: 1_000 }, (_, at) => ({ at: at * 1_000, what: `${at}`, outcome: 'ok' }));
    const report = {
      state: { status: 'idle' },
      pingMs: null,
      dave: false,
      framesSent: 0,
      joins: 1,
      incidents,
    } as const;
    const lines = await linesOf(report);
    expect(lines.slice(4).map((line) => line.split(' ')[1])).toEqual(
      ['999', '998', '997', '996', '995', '994', '993', '992'].map((what) => `${what}:`),
    );
  });
});

const reason = 'voice session no longer valid (4006)';
it.each<[VoiceState, string]>([
  [{ status: 'idle' }, 'Not in a voice channel.'],
  [{ status: 'joining', channelId: '7', attempt: 2 }, 'Joining <#7>, attempt 2.'],
  [{ status: 'resuming', channelId: '7', reason }, `Taking up the connection to <#7> again: ${reason}.`],
  [
    { status: 'recovering', channelId: '7', reason, attempt: 3, until: 5_000 },
    `Coming back to <#7>, attempt 3 <t:5:R>: ${reason}.`,
  ],
  [{ status: 'deciding', channelId: '7', reason }, `Finding out what happened in <#7>: ${reason}.`],
  [{ status: 'cooling-down', channelId: '7', reason, until: 5_000 }, `Waiting to try <#7> again <t:5:R>: ${reason}.`],
  [{ status: 'failed', reason }, `Given up: ${reason}. Use /play to try again.`],
])('puts %j into words', (state, words) => {
  expect(stateInWords(state)).toBe(words);
});
