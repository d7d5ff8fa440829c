import { describe, expect, it, vi } from 'vitest';
import { reconnect } from '../../src/commands/reconnect.ts';
import { voicestatus } from '../../src/commands/voicestatus.ts';
import { daveInWords, incidentInWords, stateInWords } from '../../src/commands/words/voice.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import type { VoiceReport } from '../../src/voice/voice-reports.ts';
import type { VoiceState } from '../../src/voice/voice-state.ts';
import { context, incident, services } from './fixtures/services.ts';

/** What the embed says, and the actions below it. */
async function shown(report: Partial<VoiceReport> = {}) {
  const reply = await voicestatus.run(context(), services({ report }).services);
  if (typeof reply === 'string') throw new Error('a line instead of an embed');
  const { title, description = '', fields = [] } = reply.embeds?.[0]?.toJSON() ?? {};
  return {
    title,
    lines: description.split('\n'),
    figures: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
    actions: reply.actions,
  };
}

const reason = 'the voice session is no longer valid (4006)';
const READY = { status: 'ready', channelId: '7', since: 1_700_000_000_500 } as const;
const COOLING = { status: 'cooling-down', channelId: '7', reason, until: 1_700_000_030_000 } as const;

describe('/voicestatus', () => {
  it('tells the state, the figures and the newest incidents first', async () => {
    const { title, lines, figures, actions } = await shown({
      state: READY,
      verdict: 'healthy',
      endpoint: 'rotterdam1.discord.media',
      pingMs: 23.4,
      encryption: 'aead_aes256_gcm_rtpsize',
      dave: { version: 1, encrypted: true, privacyCode: '123456789012345678901234567890' },
      framesSent: 12_345,
      joins: 3,
      attempts: { made: 1, of: 5 },
      incidents: [
        incident(),
        incident({
          at: 1_700_000_002_000,
          code: null,
          name: 'gateway down',
          reason: 'Discord is down',
          result: 'open',
          endedAt: null,
          attempts: 0,
        }),
      ],
    });
    expect(title).toBe('Voice: STABLE');
    expect(lines).toEqual([
      'Connected to <#7> since <t:1700000000:R>. All is well.',
      '',
      'Last incidents:',
      '<t:1700000002:R> **gateway down**: Discord is down, not settled yet',
      `<t:1700000000:R> **4006 session no longer valid**: ${reason}, 0.4 s, 2 attempts, joined again`,
    ]);
    expect(figures).toEqual({
      Channel: '<#7>',
      'Voice server': 'rotterdam1.discord.media',
      Ping: 'voice 23 ms, gateway 31 ms',
      'Transport encryption': 'aead_aes256_gcm_rtpsize',
      'End-to-end encryption': 'on (DAVE 1)\nPrivacy code `12345 67890 12345 67890 12345 67890`',
      Attempts: '1 of 5',
      'Next try': 'none is due',
      'Frames sent': '12,345',
      Joins: '3',
    });
    expect(actions).toEqual(['reconnect']);
  });

  it('has something to say without a connection, and nothing to press', async () => {
    const { title, lines, actions } = await shown();
    expect(title).toBe('Voice: IDLE');
    expect(lines).toEqual(['Not in a voice channel.', '', 'No incidents.']);
    expect(actions).toEqual([]);
  });

  it('says when the next try is, that all servers take turns, and offers to try now', async () => {
    const { title, lines, figures, actions } = await shown({ state: COOLING, outage: true });
    expect(title).toBe('Voice: RETRYING');
    expect(lines[1]).toBe('Voice fails in many servers at once, so I come back to them in turns.');
    expect(figures['Next try']).toBe('<t:1700000030:R>, after a cool-down');
    expect(actions).toEqual(['retry']);
  });

  it('stays within Discord’s limits, whatever happened', async () => {
    const long = incident({ reason: 'x'.repeat(900) });
    const { lines } = await shown({ incidents: Array.from({ length: 1_000 }, () => long) });
    expect(lines.filter((line) => line.includes('xxx'))).toHaveLength(4);
  });
});

describe('/reconnect', () => {
  it('makes the connection anew, for managers', async () => {
    const { services: parts, asked } = services();
    expect(await reconnect.run(context(), parts)).toContain('goes on where it was');
    expect(asked).toEqual(['reconnect G']);
    expect(reconnect.needs).toBe('manage-voice');
  });

  it('promises to skip the waits that it skips, and passes on how long the one takes that it does not', async () => {
    expect(reconnect.data.toJSON().description).toMatch(/past a cool-down and the wait between two tries$/);
    const failing = { reconnect: new TenutoError('VOICE_UNAVAILABLE', 'nobody tries for another 12 s') };
    await expect(reconnect.run(context(), services({ failing }).services)).rejects.toMatchObject({
      say: expect.stringContaining('another 12 s'),
    });
  });

  it('says that there is nothing to mend', async () => {
    const failing = { reconnect: new TenutoError('NOT_CONNECTED') };
    await expect(reconnect.run(context(), services({ failing }).services)).rejects.toMatchObject({
      say: 'I am in no voice channel. Use /play to start something.',
    });
  });
});

it('says of a try to come no second that is over before it', () => {
  vi.useFakeTimers({ now: 1_000 });
  expect(stateInWords({ status: 'cooling-down', channelId: '7', reason, until: 4_100 })).toContain('<t:5:R>');
  vi.useRealTimers();
});

it.each<[VoiceState, string]>([
  [{ status: 'idle' }, 'Not in a voice channel.'],
  [{ status: 'joining', channelId: '7', attempt: 2 }, 'Joining <#7>, attempt 2.'],
  [{ status: 'resuming', channelId: '7', reason }, `Taking up the connection to <#7> again: ${reason}.`],
  [
    { status: 'recovering', channelId: '7', reason, attempt: 3, until: 5_000 },
    `Coming back to <#7>, attempt 3 <t:5:R>: ${reason}.`,
  ],
  [
    { status: 'recovering', channelId: '7', reason, attempt: 3, until: null },
    `Coming back to <#7>, attempt 3 as soon as Discord lets me: ${reason}.`,
  ],
  [{ status: 'deciding', channelId: '7', reason }, `Finding out what happened in <#7>: ${reason}.`],
  [{ status: 'cooling-down', channelId: '7', reason, until: 5_000 }, `Waiting to try <#7> again <t:5:R>: ${reason}.`],
  [{ status: 'failed', reason }, `Given up: ${reason}. Use /play to try again.`],
])('puts %j into words', (state, words) => {
  expect(stateInWords(state)).toBe(words);
});

it.each([
  [null, 'no connection'],
  [{ version: 0, encrypted: false, privacyCode: null }, 'off, as Discord wanted it'],
  [{ version: 1, encrypted: false, privacyCode: null }, 'DAVE 1, nobody to encrypt for yet'],
])('says of %j whether others can listen in', (dave, words) => {
  expect(daveInWords(dave)).toBe(words);
});

it('tells an incident that has no reason beside what began it, and one attempt', () => {
  const words = incidentInWords(incident({ reason: '', attempts: 1, result: 'gave-up' }));
  expect(words).toBe(`<t:1700000000:R> **4006 session no longer valid**: ${reason}, 0.4 s, 1 attempt, gave up`);
});
