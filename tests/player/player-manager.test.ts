import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuildPlayers } from '../../src/player/guild-players.ts';
import { PlayerManager } from '../../src/player/player-manager.ts';
import type { PlayerVoice } from '../../src/player/player-voice.ts';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import type { VoiceState } from '../../src/voice/voice-state.ts';
import { track } from '../commands/fixtures/music.ts';
import { NO_VOICE } from '../commands/fixtures/services.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Guild G, where voice is made at once and no track ever begins. */
async function guild() {
  const queues = new AdvancedQueueManager({ store: new MemoryStore(), maxTracks: 5, maxTracksPerUser: 3 });
  await queues.load();
  let state: VoiceState = { status: 'idle' };
  const voice: PlayerVoice = {
    state: () => state,
    report: () => ({ ...NO_VOICE, state }),
    join: async (_guildId, channelId) => void (state = { status: 'ready', channelId, since: 0 }),
    hold: async () => undefined,
    leave: async () => void (state = { status: 'idle' }),
    attach: () => undefined,
  };
  const players = new GuildPlayers({
    queues,
    voice,
    locate: () => new Promise<never>(() => undefined),
    open: () => Promise.reject(new Error('nothing was located')),
    preload: async () => null,
    loudness: { recall: async () => null, learn: () => undefined },
    forget: async () => undefined,
    announce: () => null,
    log: pino({ level: 'silent' }),
  });
  const manager = new PlayerManager({
    players,
    queues,
    voice,
    audience: { knows: () => true, listeners: () => 1 },
    blocked: (_guildId, { title }) => (title.startsWith('bad') ? 'bad' : null),
  });
  const play = (userId: string, titles: string, place?: number) =>
    manager.play({
      guildId: 'G',
      voiceChannelId: 'V',
      textChannelId: 'T',
      userId,
      tracks: titles.split(' ').map((title) => track({ title })),
      place,
    });
  const upcoming = () =>
    queues
      .queue('G')
      .upcoming.map((entry) => entry.track.title)
      .join(' ');
  return { manager, players, queues, play, upcoming, status: () => state.status };
}

describe('a playlist', () => {
  it('is cut to the room that is left: for the person, then for all', async () => {
    const { play, upcoming } = await guild();
    expect((await play('ada', 'a b c d e')).entries).toHaveLength(3);
    expect((await play('ben', 'f g h')).entries).toHaveLength(2);
    expect(upcoming()).toBe('b c f g');
  });

  it('comes without what the guild keeps out, and is refused where that is all of it', async () => {
    const { play, queues } = await guild();
    expect((await play('ada', 'bad-1 a')).entries.map(({ track: { title } }) => title)).toEqual(['a']);
    await expect(play('ada', 'bad-1 bad-2')).rejects.toMatchObject({ code: 'BLOCKED_WORD', detail: 'bad' });
    expect(queues.queue('G').upcoming).toEqual([]);
  });

  it('is refused where there is no room at all, with the reason', async () => {
    const { play, upcoming } = await guild();
    await play('ada', 'a b c');
    await expect(play('ada', 'd e')).rejects.toMatchObject({ code: 'YOUR_LIMIT', detail: '3' });
    await play('ben', 'f g');
    await expect(play('eve', 'h')).rejects.toMatchObject({ code: 'QUEUE_FULL', detail: '5' });
    expect(upcoming()).toBe('b c f g');
  });

  it('that comes together with another shares the room that is left', async () => {
    const { play, upcoming } = await guild();
    const both = await Promise.all([play('ada', 'a b c'), play('ben', 'd e f')]);
    expect(both.map(({ entries }) => entries.length)).toEqual([3, 2]);
    expect(upcoming()).toBe('b c d e');
  });

  it('comes where it was wanted, in one piece', async () => {
    const { play, upcoming } = await guild();
    await play('ada', 'a b');
    expect(await play('ben', 'c d', 1)).toMatchObject({ place: 1 });
    expect(upcoming()).toBe('c d b');
  });
});

it('keeps no channel to come back to when it is sent away, although told to stay', async () => {
  const { manager, queues, play, status } = await guild();
  await play('ada', 'a');
  await manager.setStay('G', true);
  await manager.leave('G');
  expect(queues.session('G')).toMatchObject({ stay: true, voiceChannelId: null });
  expect(status()).toBe('idle');
});

it.each([
  [false, 'idle'],
  [true, 'ready'],
])('told to stay (%s), it is %s after a /play that led to nothing', async (stay, status) => {
  const { manager, status: now } = await guild();
  await manager.setStay('G', stay);
  await manager.prepare('G', 'V');
  manager.release('G');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(now()).toBe(status);
});

it('has the channel in which it was asked for last, although it was decided before to be in none', async () => {
  const { manager, players, queues, play } = await guild();
  await play('ada', 'a');
  const rest = players.of('G').suspend({ voiceChannelId: null });
  await manager.prepare('G', 'V');
  await rest;
  expect(queues.session('G').voiceChannelId).toBe('V');
});

it('is in no channel when it was sent away and asked for in the same moment, and was still there', async () => {
  const { manager, queues, play, status } = await guild();
  await play('ada', 'a');
  await Promise.all([manager.leave('G'), manager.prepare('G', 'V')]);
  expect([status(), queues.session('G').voiceChannelId]).toEqual(['idle', null]);
});

it('stays for somebody who asks when it is about to go for want of something to play', async () => {
  const { manager, queues, play, status } = await guild();
  await manager.prepare('G', 'V');
  manager.release('G');
  await vi.advanceTimersByTimeAsync(4_999);
  // What is decided a moment before keeps the going waiting.
  const before = manager.setVolume('G', 80);
  vi.advanceTimersByTime(1);
  await Promise.all([before, play('ada', 'a')]);
  expect([status(), queues.session('G').voiceChannelId]).toEqual(['ready', 'V']);
});

it('skips one song for two people who press the button at once', async () => {
  const { manager, queues, play } = await guild();
  await play('ada', 'a b c');
  const { entry } = manager.playback('G');
  const presses = [1, 2].map(() => manager.skip('G', 1, entry?.id));
  expect(await Promise.allSettled(presses)).toMatchObject([
    { value: { track: { title: 'b' } } },
    { reason: { code: 'STALE_BUTTON' } },
  ]);
  expect(queues.queue('G').current?.track.title).toBe('b');
});
