import { describe, expect, it, vi } from 'vitest';
import { entry } from '../commands/fixtures/music.ts';
import { emptyStage, pass, playingStage, REFRESH_MS, settle } from './fixtures/stage.ts';

const HOUR = 3_600_000;

describe('while a track plays', () => {
  it('one message is sent where people gave their commands, and refreshed at the interval', async () => {
    const stage = emptyStage();
    stage.plays('1');
    await settle();
    expect(stage.channel.news()).toEqual(['send T Now playing: Song 1 0:00']);
    await pass(3 * REFRESH_MS);
    expect(stage.channel.news()).toEqual([
      'edit m1 Now playing: Song 1 0:10',
      'edit m1 Now playing: Song 1 0:20',
      'edit m1 Now playing: Song 1 0:30',
    ]);
  });

  it('a burst of events leads to one edit', async () => {
    const stage = await playingStage();
    for (let volume = 0; volume < 100; volume += 1) stage.now({ volume });
    await settle();
    expect(stage.channel.news()).toHaveLength(1);
  });

  it('events that never cease cannot hold the display back, nor make more than an edit a second', async () => {
    const stage = await playingStage();
    for (let volume = 0; volume < 100; volume += 1) {
      stage.now({ volume });
      await pass(100);
    }
    expect(stage.channel.news().length).toBeGreaterThanOrEqual(7);
    expect(stage.channel.news().length).toBeLessThanOrEqual(10);
  });

  it('one edit is under way at a time', async () => {
    const stage = await playingStage();
    const { promise, resolve } = Promise.withResolvers<void>();
    stage.channel.gate = promise;
    for (let volume = 0; volume < 5; volume += 1) {
      stage.now({ volume });
      await pass(20_000);
      expect(stage.channel.open).toBe(1);
    }
    resolve();
    await pass(REFRESH_MS);
    expect(stage.channel.open).toBe(0);
  });

  it('what happens while an edit is under way is shown a second after that', async () => {
    const stage = await playingStage();
    const { promise, resolve } = Promise.withResolvers<void>();
    stage.channel.gate = promise;
    await pass(REFRESH_MS);
    for (let volume = 0; volume < 5; volume += 1) {
      stage.now({ volume });
      await pass(2_000);
    }
    stage.channel.news();
    resolve();
    await pass(900);
    expect(stage.channel.news()).toEqual([]);
    await pass(200);
    expect(stage.channel.news()).toHaveLength(1);
  });

  it('nothing is edited when there is nothing new to see', async () => {
    const stage = await playingStage();
    stage.now({ status: 'paused' });
    await settle();
    stage.channel.news();
    for (let event = 0; event < 5; event += 1) {
      stage.now({});
      await settle();
    }
    expect(stage.channel.news()).toEqual([]);
  });

  it('nothing is sent where no channel is known', async () => {
    const stage = emptyStage();
    stage.textChannelId = null;
    stage.plays('1');
    await pass(HOUR);
    expect(stage.channel.news()).toEqual([]);
  });
});

describe('the refreshes end by themselves, with the truth as the last edit', () => {
  it('when the music is paused, and go on when it does', async () => {
    const stage = await playingStage();
    stage.now({ status: 'paused' });
    await pass(HOUR);
    expect(stage.channel.news()).toEqual(['edit m1 Paused: Song 1 0:01']);
    stage.now({ status: 'playing' });
    await pass(REFRESH_MS + 500);
    expect(stage.channel.news()).toEqual(['edit m1 Now playing: Song 1 0:01', 'edit m1 Now playing: Song 1 0:11']);
  });

  it('when the voice connection is lost, and go on when it is back', async () => {
    const stage = await playingStage();
    stage.voiceIs('idle');
    await pass(2 * REFRESH_MS);
    expect(stage.channel.news()).toEqual(['edit m1 Connecting: Song 1 0:01']);
    stage.voiceIs('ready');
    await pass(REFRESH_MS + 500);
    expect(stage.channel.news()).toHaveLength(2);
  });

  it('but not for a connection that is resumed within a moment', async () => {
    const stage = await playingStage();
    stage.voiceIs('resuming');
    await pass(50);
    stage.voiceIs('ready');
    await settle();
    expect(stage.channel.news()).not.toContainEqual(expect.stringContaining('Connecting'));
  });

  it('when voice is lost without any event', async () => {
    const stage = await playingStage();
    stage.voice = { status: 'idle' };
    await pass(HOUR);
    expect(stage.channel.news()).toEqual(['edit m1 Connecting: Song 1 0:10']);
  });

  it('when the queue has ended, and a restart does not look for that display', async () => {
    const stage = await playingStage();
    stage.ends();
    await pass(HOUR);
    expect(stage.channel.news()).toEqual(['edit m1 Nothing is playing']);
    expect(await stage.store.get('display:G')).toMatchObject({ place: null });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('a minute after the track should have ended, when no event ever comes', async () => {
    const stage = await playingStage();
    await pass(10 * HOUR);
    // Three minutes of music and one more, every ten seconds, and one last edit.
    expect(stage.channel.news().length).toBeLessThanOrEqual(25);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('when the bot stops, and the display says so', async () => {
    const stage = await playingStage();
    await stage.display.close();
    stage.now({ volume: 1 });
    await pass(HOUR);
    expect(stage.channel.news()).toEqual(['edit m1 Offline, the queue is kept: Song 1 0:01']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('also when Discord does not answer while the bot stops', async () => {
    const stage = await playingStage();
    stage.channel.gate = new Promise(() => undefined);
    const closing = stage.display.close();
    await pass(1_500);
    await closing;
    expect(stage.channel.open).toBe(1);
  });
});

describe('the next track', () => {
  it('takes over the message', async () => {
    const stage = await playingStage();
    stage.plays('2');
    await settle();
    expect(stage.channel.news()).toEqual(['edit m1 Now playing: Song 2 0:00']);
  });

  it('is shown by a refresh of the one before too, should its event be lost', async () => {
    const stage = await playingStage();
    stage.quietly({ entry: entry('2'), positionMs: 0 });
    await pass(REFRESH_MS);
    expect(stage.channel.news()).toEqual(['edit m1 Now playing: Song 2 0:08']);
  });

  it('after the end of a queue gets a new message at the bottom, and the old one is removed', async () => {
    const stage = await playingStage();
    stage.ends();
    await settle();
    stage.channel.news();
    stage.plays('2');
    await settle();
    expect(stage.channel.news()).toEqual(['remove m1', 'send T Now playing: Song 2 0:00']);
  });

  it('gets no message before it sounds', async () => {
    const stage = emptyStage();
    stage.now({ status: 'loading' });
    await settle();
    expect(stage.channel.news()).toEqual([]);
    stage.now({ status: 'playing' });
    await settle();
    expect(stage.channel.news()).toHaveLength(1);
  });
});

describe('talk below the display', () => {
  const talk = (stage: Awaited<ReturnType<typeof playingStage>>, messages: number, channelId = 'T') => {
    for (let message = 0; message < messages; message += 1)
      stage.display.said('G', { channelId, messageId: `x${message}`, nonce: null });
  };

  it('pushes it away: then it is removed, and sent anew at the end', async () => {
    const stage = await playingStage();
    talk(stage, 5);
    await pass(60_000);
    const calls = stage.channel.news().filter((call) => !call.startsWith('edit'));
    expect(calls).toEqual(['remove m1', expect.stringContaining('send T Now playing: Song 1')]);
    await pass(REFRESH_MS);
    expect(stage.channel.news()).toEqual([expect.stringContaining('edit m2')]);
  });

  it('moves it once a minute at most, however much there is', async () => {
    const stage = await playingStage();
    for (let second = 0; second < 170; second += 1) {
      talk(stage, 3);
      await pass(1_000);
    }
    expect(stage.channel.news().filter((call) => call.startsWith('send'))).toHaveLength(2);
  });

  it.each([
    ['there is little of it', 4, 'T'],
    ['it is elsewhere', 50, 'U'],
  ])('leaves it where it is when %s', async (_that, messages, channelId) => {
    const stage = await playingStage();
    talk(stage, messages, channelId);
    stage.display.said('G', { channelId: 'T', messageId: 'm1', nonce: 'n' });
    await pass(170_000);
    expect(stage.channel.news().filter((call) => !call.startsWith('edit'))).toEqual([]);
  });

  it('leaves it where it is while the music is paused, and moves it when that goes on', async () => {
    const stage = await playingStage();
    stage.now({ status: 'paused' });
    await settle();
    talk(stage, 50);
    await pass(HOUR);
    expect(stage.channel.news()).toHaveLength(1);
    stage.now({ status: 'playing' });
    await settle();
    expect(stage.channel.news().map((call) => call.slice(0, 6))).toEqual(['remove', 'send T']);
  });
});
