import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHANNEL_DELETED, KICKED } from '../../src/player/announcements.ts';
import { GuildTeller } from '../../src/player/guild-teller.ts';
import type { Notice } from '../../src/player/notice.ts';
import type { Playback } from '../../src/player/players.ts';
import type { Incident } from '../../src/voice/voice-reports.ts';
import type { VoiceState } from '../../src/voice/voice-state.ts';
import { incident } from '../commands/fixtures/services.ts';

const START = 1_700_000_000_000;
const MINUTE = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

const lineOf = (notice: Notice) => (typeof notice === 'string' ? notice : notice.line);

/** A channel that plays to one listener. `messages` is what is read there: one list of versions a message. */
function town() {
  const messages: string[][] = [];
  const facts = {
    playback: 'waiting-for-voice' as Playback['status'],
    listeners: 1,
    /** Nothing can be posted. */
    mute: false,
    voice: { status: 'resuming', channelId: '7', reason: 'x' } as VoiceState,
  };
  /** Of each message, how somebody deletes it, which shows when it is edited. */
  const deletions: (() => void)[] = [];
  const announce = (notice: Notice) => {
    if (facts.mute) return null;
    const versions = [lineOf(notice)];
    const gone = new AbortController();
    let deleted = false;
    messages.push(versions);
    deletions.push(() => (deleted = true));
    const update = (next: Notice) => {
      if (deleted) gone.abort();
      else if (versions.at(-1) !== lineOf(next)) versions.push(lineOf(next));
    };
    return { update, gone: gone.signal };
  };
  const teller = new GuildTeller({
    announce,
    playback: () => facts.playback,
    listeners: () => facts.listeners,
    voice: () => facts.voice,
    tries: () => 5,
  });
  let count = 0;
  /** An incident begins now; what is returned changes it. */
  const begin = (fields: Partial<Incident> = {}) => {
    let now = incident({ id: String((count += 1)), at: Date.now(), endedAt: null, result: 'open', ...fields });
    const change = (next: Partial<Incident>) => {
      now = { ...now, ...next };
      teller.incident(now);
    };
    const end = (result: Incident['result'] = 'rejoined') => change({ endedAt: Date.now(), result });
    change({});
    return { change, end };
  };
  /** An incident that lasts so long. */
  const last = async (ms: number, result?: Incident['result']) => {
    const { end } = begin();
    await vi.advanceTimersByTimeAsync(ms);
    end(result);
  };
  const voice = (state: VoiceState) => {
    facts.voice = state;
    teller.changed();
  };
  return { messages, deletions, facts, teller, begin, last, voice };
}

const BACK = '🔌 The voice session is no longer valid (4006): back after';
const RETRYING = { status: 'recovering', channelId: '7', reason: 'x', attempt: 3, until: START + 12_000 } as const;

describe('an incident', () => {
  it('that is over within 300 ms is nobody’s business', async () => {
    const { messages, last } = town();
    await last(299);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(messages).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is one message from 300 ms on, which says how it goes and how it ended', async () => {
    const { messages, begin, voice } = town();
    const { change, end } = begin();
    await vi.advanceTimersByTimeAsync(300);
    voice(RETRYING);
    change({ reason: 'the voice server did not answer' });
    voice({ status: 'joining', channelId: '7', attempt: 3 });
    voice({ status: 'cooling-down', channelId: '7', reason: 'x', until: START + 30_000 });
    voice({ status: 'recovering', channelId: '7', reason: 'x', attempt: 3, until: null });
    await vi.advanceTimersByTimeAsync(3_100);
    voice({ status: 'ready', channelId: '7', since: START });
    end();
    const story = '🔌 The voice session is no longer valid (4006)';
    const then = `${story}, then the voice server did not answer`;
    expect(messages).toEqual([
      [
        `${story}: taking the session up again.`,
        `${story}: retrying <t:1700000012:R>, attempt 3 of 5.`,
        `${then}: retrying <t:1700000012:R>, attempt 3 of 5.`,
        `${then}: joining again, attempt 3 of 5.`,
        `${then}: cooling down, next try <t:1700000030:R>.`,
        `${then}: I come back as soon as Discord lets me.`,
        `${BACK} 3.4 s.`,
      ],
    ]);
  });

  it('of which Discord has not said yet what it is, is told after a second', async () => {
    const { messages, begin, voice } = town();
    voice({ status: 'deciding', channelId: '7', reason: 'x' });
    begin();
    await vi.advanceTimersByTimeAsync(999);
    expect(messages).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(messages).toEqual([['🔌 The voice session is no longer valid (4006): finding out what happened.']]);
  });

  it.each<[string, Playback['status'], number]>([
    ['the music is paused', 'paused', 1],
    ['nothing is played', 'idle', 1],
    ['nobody listens', 'waiting-for-voice', 0],
  ])('is not told while %s', async (_why, playback, listeners) => {
    const { messages, facts, last } = town();
    Object.assign(facts, { playback, listeners });
    await last(MINUTE);
    expect(messages).toEqual([]);
  });

  it('is told to somebody who comes while it lasts', async () => {
    const { messages, facts, teller, begin } = town();
    facts.listeners = 0;
    begin();
    await vi.advanceTimersByTimeAsync(MINUTE);
    facts.listeners = 1;
    teller.changed();
    expect(messages).toHaveLength(1);
  });

  it('that ends the music is told however short it was, where there was music', async () => {
    const { messages, facts, last } = town();
    await last(10, 'gave-up');
    facts.playback = 'idle';
    await last(10, 'gave-up');
    expect(messages).toEqual([
      ['🔇 I gave up: the voice session is no longer valid (4006). The queue is kept: /resume goes on.'],
    ]);
  });

  it('that was something else at the end says both', () => {
    const { messages, begin } = town();
    const { change, end } = begin();
    change({ reason: 'Discord refused the voice protocol (4012)' });
    end('gave-up');
    expect(messages[0]).toEqual([
      '🔇 The voice session is no longer valid (4006). I gave up: Discord refused the voice protocol (4012). The queue is kept: /resume goes on.',
    ]);
  });

  it('that a person ended by sending the bot away is brought to its end, and is else not told', async () => {
    const { messages, last } = town();
    await last(299, 'left');
    await last(1_000, 'left');
    expect(messages.map((versions) => versions.at(-1))).toEqual([
      '🔌 The voice session is no longer valid (4006): I left.',
    ]);
  });
});

describe('being sent away', () => {
  it('is how the incident ended, in its message', async () => {
    const { messages, teller, begin } = town();
    const { end } = begin();
    await vi.advanceTimersByTimeAsync(5_000);
    end('stayed-out');
    teller.out(KICKED);
    end('stayed-out');
    expect(messages).toHaveLength(1);
    expect(messages[0]?.at(-1)).toBe('👋 Somebody disconnected me. The queue is kept: /resume goes on.');
  });

  it('is told at once where the incident was too short for a message, and not where nothing was played', () => {
    const { messages, facts, teller, begin } = town();
    begin().end('stayed-out');
    teller.out(CHANNEL_DELETED);
    facts.playback = 'idle';
    begin().end('stayed-out');
    teller.out(KICKED);
    expect(messages).toEqual([['👋 My voice channel was deleted. The queue is kept: /resume goes on.']]);
  });
});

describe('being silenced', () => {
  it('is told once, is edited when it is lifted, and told anew when it comes back', () => {
    const { messages, teller } = town();
    for (const why of ['muted', 'muted', 'suppressed', null, null, 'muted'] as const) teller.silenced(why);
    expect(messages.map((versions) => versions.map((line) => line.slice(0, 22)))).toEqual([
      ['🔇 A moderator muted m', '🔇 I may not speak in ', '🔊 I can be heard agai'],
      ['🔇 A moderator muted m'],
    ]);
  });

  it('is told when there is somebody who misses the music', () => {
    const { messages, facts, teller } = town();
    facts.listeners = 0;
    teller.silenced('muted');
    expect(messages).toEqual([]);
    facts.listeners = 1;
    teller.changed();
    teller.changed();
    expect(messages).toHaveLength(1);
  });

  it('is forgotten when the bot leaves', () => {
    const { messages, teller, voice } = town();
    teller.silenced('muted');
    voice({ status: 'idle' });
    teller.silenced('muted');
    teller.silenced(null);
    expect(messages.map((versions) => versions.length)).toEqual([1, 2]);
  });
});

describe('many incidents', () => {
  it('are five messages in five minutes; the others take the place of the last', async () => {
    const { messages, last } = town();
    for (let n = 0; n < 8; n += 1) await last(1_000);
    expect(messages).toHaveLength(5);
    expect(messages.slice(0, 4).map((versions) => versions.at(-1))).toEqual(
      Array.from({ length: 4 }, () => `${BACK} 1.0 s.`),
    );
    expect(messages[4]?.at(-1)).toBe(`${BACK} 1.0 s.\n-# and 3 more since <t:1700000004:R>`);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    await last(1_000);
    expect(messages).toHaveLength(6);
    expect(messages[5]?.at(-1)).toBe(`${BACK} 1.0 s.`);
  });

  it('go into a new message when somebody deleted the last', async () => {
    const { messages, deletions, last } = town();
    for (let n = 0; n < 6; n += 1) await last(1_000);
    deletions[4]?.();
    await last(2_000);
    await last(3_000);
    expect(messages).toHaveLength(6);
    expect(messages[5]?.at(-1)).toBe(`${BACK} 3.0 s.\n-# and 1 more since <t:1700000006:R>`);
    expect(messages[5]).toContain(`${BACK} 2.0 s.`);
  });

  it('go into a new message when the last is known not to stand', async () => {
    const { messages, deletions, begin, last } = town();
    for (let n = 0; n < 4; n += 1) await last(1_000);
    const { end } = begin();
    await vi.advanceTimersByTimeAsync(1_000);
    deletions[4]?.();
    end();
    expect(messages).toHaveLength(5);
    await last(2_000);
    await last(3_000);
    expect(messages.slice(5).map((versions) => versions.at(-1))).toEqual([
      `${BACK} 3.0 s.\n-# and 1 more since <t:1700000005:R>`,
    ]);
    expect(messages[5]).toContain(`${BACK} 2.0 s.`);
  });

  it('leave a message of their own alone that somebody deleted', async () => {
    const { messages, deletions, begin } = town();
    const { end } = begin();
    await vi.advanceTimersByTimeAsync(1_000);
    deletions[0]?.();
    end();
    expect(messages).toHaveLength(1);
  });

  it('are told at their end when nothing could be said before', async () => {
    const { messages, facts, begin } = town();
    facts.mute = true;
    const { end } = begin();
    await vi.advanceTimersByTimeAsync(MINUTE);
    facts.mute = false;
    end();
    expect(messages).toEqual([[`${BACK} 1:00 min.`]]);
  });

  it('do not bring back the words that they replaced', async () => {
    const { messages, teller, last } = town();
    for (let n = 0; n < 4; n += 1) await last(1_000);
    teller.silenced('muted');
    await last(1_000);
    teller.silenced(null);
    expect(messages.at(-1)?.at(-1)).toContain('back after');
  });
});
