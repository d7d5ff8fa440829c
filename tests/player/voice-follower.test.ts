import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuildPlayers } from '../../src/player/guild-players.ts';
import type { PlayerVoice } from '../../src/player/player-voice.ts';
import { adding, ending } from '../../src/player/queue-edits.ts';
import { VoiceFollower } from '../../src/player/voice-follower.ts';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { Session } from '../../src/queue/queue.ts';
import type { Track } from '../../src/sources/source.ts';
import type { VoiceState } from '../../src/voice/voice-state.ts';
import { entry } from '../commands/fixtures/music.ts';
import { NO_VOICE } from '../commands/fixtures/services.ts';
import { FaultyStore } from '../queue/faulty-store.ts';

const HOUR = 60 * 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Guilds as an earlier process left them: each with a song and a channel that bears the guild's name, but for what is given. */
async function start(sessions: Readonly<Record<string, Partial<Session>>>, songs = true) {
  const store = new FaultyStore();
  const queues = new AdvancedQueueManager({ store });
  await queues.load();
  for (const [guildId, session] of Object.entries(sessions)) {
    if (songs) await queues.apply(guildId, { type: 'add', entries: [entry(guildId), entry('2')], start: true });
    await queues.updateSession(guildId, { voiceChannelId: guildId, ...session });
  }
  const said: string[] = [];
  const held: string[] = [];
  const located: string[] = [];
  const states = new Map<string, VoiceState>();
  const sent = new Set<string>();
  /** Guilds whose data is there, and how many people are in their channels. */
  const people = new Map<string, number>(Object.keys(sessions).map((guildId) => [guildId, 1]));
  const broken = new Set<string>();
  const voice: PlayerVoice = {
    state: (guildId) => states.get(guildId) ?? { status: 'idle' },
    report: (guildId) => ({ ...NO_VOICE, joins: sent.has(guildId) ? 1 : 0 }),
    join: () => Promise.reject(new Error('nobody asked for it')),
    hold: async (guildId, channelId) => {
      if (broken.has(guildId)) throw new Error('broken');
      held.push(guildId);
      states.set(guildId, { status: 'joining', channelId, attempt: 1 });
    },
    leave: async (guildId) => void states.delete(guildId),
    attach: () => undefined,
  };
  const never = (track: Track) => {
    located.push(track.title);
    return new Promise<never>(() => undefined);
  };
  const log = pino({ level: 'silent' });
  const players = new GuildPlayers({
    queues,
    voice,
    locate: never,
    open: () => Promise.reject(new Error('nothing was located')),
    preload: async () => null,
    loudness: { recall: async () => null, learn: () => undefined },
    forget: async () => undefined,
    announce: (_guildId, _channelId, notice) => {
      said.push(typeof notice === 'string' ? notice : notice.line);
      return null;
    },
    log,
  });
  const follower = new VoiceFollower({
    players,
    queues,
    voice,
    audience: {
      knows: (guildId) => people.has(guildId),
      listeners: (guildId, channelId) => (guildId === channelId ? (people.get(guildId) ?? 0) : 0),
    },
    teller: { out: (_guildId, notice) => void said.push(typeof notice === 'string' ? notice : notice.line) },
    limits: { aloneLeaveAfterMs: 1_000, queueEndLeaveAfterMs: 1_000, restoreWaitMs: HOUR, rejoinWhenKicked: false },
    log,
  });
  /** Somebody comes to, or everybody leaves, the guild's channel. */
  const listen = async (guildId: string, listeners: number) => {
    people.set(guildId, listeners);
    follower.listenersChanged(guildId, guildId, listeners);
    await vi.advanceTimersByTimeAsync(0);
  };
  const ready = async (guildId: string) => {
    states.set(guildId, { status: 'ready', channelId: guildId, since: 0 });
    follower.voiceChanged(guildId);
    await vi.advanceTimersByTimeAsync(0);
  };
  const restore = async () => {
    follower.restore();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { queues, store, players, follower, people, broken, held, located, said, sent, listen, ready, restore };
}

describe('after a start', () => {
  it('comes back where somebody is, and not where nobody is until somebody comes', async () => {
    const { queues, people, held, restore, listen } = await start({ full: {}, empty: {} });
    people.set('empty', 0);
    await restore();
    expect(held).toEqual(['full']);
    expect(queues.session('empty').paused).toBe('nobody');
    await listen('empty', 1);
    expect(held).toEqual(['full', 'empty']);
    expect(queues.session('empty').paused).toBe('no');
  });

  it('forgets a channel to which nobody came within the time, keeps the queue, and says nothing', async () => {
    const { queues, people, held, said, restore, listen } = await start({ empty: { textChannelId: 'T' }, full: {} });
    people.set('empty', 0);
    await restore();
    await vi.advanceTimersByTimeAsync(HOUR - 1);
    expect(queues.session('empty').voiceChannelId).toBe('empty');
    await vi.advanceTimersByTimeAsync(1);
    expect(queues.session('empty').voiceChannelId).toBeNull();
    expect(queues.session('full').voiceChannelId).toBe('full');
    await listen('empty', 1);
    expect(held).toEqual(['full']);
    expect(queues.queue('empty').current?.id).toBe('empty');
    expect(said).toEqual([]);
  });

  it('is away, and not on its way, where nothing is left to play', async () => {
    const { queues, players, held, restore } = await start({ ended: {} });
    await queues.apply('ended', { type: 'skip', amount: 2 });
    await restore();
    await queues.apply('ended', { type: 'previous' });
    expect(players.playback('ended').status).toBe('away');
    expect(held).toEqual([]);
  });

  it('forgets no channel for which somebody has just asked for something to play', async () => {
    const { queues, players, restore } = await start({ ended: {} });
    await queues.apply('ended', { type: 'skip', amount: 2 });
    const asked = players.of('ended').edit(adding([entry('3')]));
    await restore();
    await asked;
    expect(queues.session('ended').voiceChannelId).toBe('ended');
  });

  it('does not begin to wait again for a guild that turns up empty after that time', async () => {
    const { queues, follower, people, restore } = await start({ late: {} });
    people.delete('late');
    await restore();
    await vi.advanceTimersByTimeAsync(HOUR);
    people.set('late', 0);
    follower.guildAvailable('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(queues.session('late').voiceChannelId).toBeNull();
  });

  it('comes back later to a guild that is not there yet', async () => {
    const { follower, people, held, restore } = await start({ late: {} });
    people.delete('late');
    await restore();
    expect(held).toEqual([]);
    people.set('late', 2);
    follower.guildAvailable('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(held).toEqual(['late']);
  });

  it('keeps paused what a person paused, there and where nobody is yet', async () => {
    const paused = { paused: 'person', pausedBy: '42' } as const;
    const { queues, people, held, located, restore, listen, ready } = await start({ here: paused, away: paused });
    people.set('away', 0);
    await restore();
    await listen('away', 1);
    expect(held).toEqual(['here', 'away']);
    for (const guildId of held) await ready(guildId);
    for (const guildId of held) expect(queues.session(guildId)).toMatchObject(paused);
    expect(located).toEqual([]);
  });

  it('is delayed nowhere by a guild that is broken', async () => {
    const { broken, held, located, restore, ready } = await start({ bad: {}, good: {} });
    broken.add('bad');
    await restore();
    expect(held).toEqual(['good']);
    await ready('good');
    expect(located).toEqual(['Song good']);
  });

  it('opens a track when its guild has set out or is there, and not while it waits for its turn', async () => {
    const { sent, located, restore, ready } = await start({ first: {}, waiting: {} });
    sent.add('first');
    await restore();
    expect(located).toEqual(['Song first']);
    await ready('waiting');
    await ready('waiting');
    expect(located).toEqual(['Song first', 'Song waiting']);
  });
});

it('does not leave, when it was about to, with what somebody has just had added', async () => {
  const { queues, players, said, restore, ready } = await start({ home: { textChannelId: 'T' } });
  await restore();
  await ready('home');
  await players.of('home').edit(ending);
  const added = players.of('home').edit(adding([entry('9')]));
  vi.advanceTimersByTime(1_000);
  await added;
  await vi.advanceTimersByTimeAsync(0);
  expect(queues.session('home').voiceChannelId).toBe('home');
  expect(said).toEqual([]);
});

it('says that somebody disconnected it once no restart would bring it back', async () => {
  const { queues, follower, store, said, restore, ready } = await start({ home: { textChannelId: 'T' } });
  await restore();
  await ready('home');
  store.fault = 'hold';
  follower.kicked('home');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said).toEqual([]);
  store.release();
  store.fault = 'none';
  await vi.advanceTimersByTimeAsync(0);
  expect(queues.session('home').voiceChannelId).toBeNull();
  expect(said).toEqual([expect.stringContaining('Somebody disconnected me')]);
});

describe('told to stay', () => {
  it('comes back to an empty channel, with nothing to play', async () => {
    const { people, held, restore } = await start({ home: { stay: true }, other: {} }, false);
    people.set('home', 0);
    await restore();
    expect(held).toEqual(['home']);
  });

  it('stays away from where it was sent away, over a restart too', async () => {
    const { held, restore, listen } = await start({ home: { stay: true, voiceChannelId: null } });
    await restore();
    await listen('home', 2);
    expect(held).toEqual([]);
  });

  it('leaves neither when alone nor when the queue has ended, until it is told otherwise', async () => {
    const { queues, held, said, restore, ready, listen } = await start({ home: { stay: true, textChannelId: 'T' } });
    await restore();
    await ready('home');
    await listen('home', 0);
    await queues.apply('home', { type: 'clear' });
    await listen('home', 0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(queues.session('home').voiceChannelId).toBe('home');
    await queues.updateSession('home', { stay: false });
    await listen('home', 0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(queues.session('home').voiceChannelId).toBeNull();
    expect(said).toEqual([expect.stringContaining('Nobody was listening')]);
    expect(held).toEqual(['home']);
  });
});
