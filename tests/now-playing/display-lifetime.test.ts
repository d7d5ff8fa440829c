import { describe, expect, it, vi } from 'vitest';
import { BUSY, emptyStage, pass, playingStage, REFRESH_MS, settle } from './fixtures/stage.ts';

const HOUR = 3_600_000;

describe('a display that somebody deletes', () => {
  it('stays away for that track, whatever happens, and comes back with the next', async () => {
    const stage = await playingStage();
    stage.channel.outcomes.push('gone');
    await pass(REFRESH_MS);
    expect(stage.channel.news()).toHaveLength(1);
    for (let volume = 0; volume < 10; volume += 1) {
      stage.now({ volume });
      await pass(REFRESH_MS);
    }
    expect(stage.channel.news()).toEqual([]);
    expect(await stage.store.get('display:G')).toBeUndefined();
    stage.plays('2');
    await settle();
    expect(stage.channel.news()).toEqual(['send T Now playing: Song 2 0:00']);
  });

  it('during the track before, comes back with the next at once', async () => {
    const stage = await playingStage();
    stage.now({ status: 'paused' });
    await settle();
    stage.channel.news();
    stage.channel.outcomes.push('gone');
    stage.plays('2');
    await settle();
    expect(stage.channel.news()).toEqual([
      'edit m1 Now playing: Song 2 0:00',
      expect.stringContaining('send T Now playing: Song 2'),
    ]);
  });

  it('is not asked for again where writing is forbidden, until the next track', async () => {
    const stage = emptyStage();
    stage.channel.forbidden = new Set('T');
    stage.plays('1');
    await settle();
    stage.now({ volume: 1 });
    await pass(HOUR);
    expect(stage.channel.news()).toHaveLength(1);
  });
});

describe('when Discord has had enough', () => {
  it('the interval doubles up to a minute, and no edit is made up for', async () => {
    const stage = await playingStage();
    stage.channel.outcomes.push(BUSY, BUSY, BUSY);
    await pass(5 * 60_000);
    const { editedAt } = stage.channel;
    const gaps = editedAt.slice(1).map((time, index) => (time - (editedAt[index] ?? 0)) / 1_000);
    expect(gaps.slice(0, 4)).toEqual([20, 40, 60, 60]);
  });

  it('and asks for more time, it gets that', async () => {
    const stage = await playingStage();
    stage.channel.outcomes.push({ busyForMs: 90_000 });
    await pass(REFRESH_MS);
    stage.channel.news();
    await pass(88_000);
    expect(stage.channel.news()).toEqual([]);
    await pass(2_000);
    expect(stage.channel.news()).toHaveLength(1);
  });

  it('a display that is sent meanwhile does not break the wait', async () => {
    const stage = await playingStage();
    stage.channel.outcomes.push({ busyForMs: 90_000 });
    await pass(REFRESH_MS);
    await stage.display.show('G', 'U');
    stage.channel.news();
    await pass(80_000);
    expect(stage.channel.news()).toEqual([]);
    await pass(10_000);
    expect(stage.channel.news()).toHaveLength(1);
  });

  it('an event does not break the wait', async () => {
    const stage = await playingStage();
    stage.channel.outcomes.push(BUSY);
    await pass(REFRESH_MS);
    stage.channel.news();
    stage.now({ status: 'paused' });
    await pass(2 * REFRESH_MS - 2_000);
    expect(stage.channel.news()).toEqual([]);
    await pass(2_000);
    expect(stage.channel.news()).toEqual([expect.stringContaining('Paused')]);
  });

  it.each([BUSY, new Error('no network')])('and never answers well again, it is left alone: %s', async (outcome) => {
    const stage = await playingStage();
    stage.channel.outcomes.push(...Array.from({ length: 1_000 }, () => outcome));
    stage.now({ status: 'paused' });
    await pass(10 * HOUR);
    expect(stage.channel.news()).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('after a restart', () => {
  it('the display is found again and goes on', async () => {
    const stage = await playingStage();
    await stage.display.close();
    stage.restart();
    stage.channel.news();
    stage.now({});
    await settle();
    expect(stage.channel.news()).toEqual([expect.stringContaining('edit m1 Now playing: Song 1')]);
  });

  it('what stayed paused is shown so, without a new message', async () => {
    const stage = await playingStage();
    stage.restart();
    stage.now({ status: 'paused' });
    await settle();
    expect(stage.channel.news()).toEqual([expect.stringContaining('edit m1 Paused')]);
  });
});

describe('show', () => {
  it('puts the display at the bottom of the channel that asked, removes the old one, and goes on there', async () => {
    const stage = await playingStage();
    await stage.display.show('G', 'U');
    expect(stage.channel.news()).toEqual(['remove m1', 'send U Now playing: Song 1 0:01']);
    await pass(REFRESH_MS + 500);
    expect(stage.channel.news().at(-1)).toContain('edit m2 Now playing');
    expect(await stage.store.get('display:G')).toMatchObject({ place: { channelId: 'U', messageId: 'm2' } });
  });

  it('waits for an edit that is under way, so that the old display cannot come back', async () => {
    const stage = await playingStage();
    const { promise, resolve } = Promise.withResolvers<void>();
    stage.channel.gate = promise;
    await pass(REFRESH_MS);
    const showing = stage.display.show('G', 'U');
    await settle();
    stage.channel.outcomes.push('gone');
    resolve();
    await showing;
    expect(stage.channel.news().map((call) => call.slice(0, 7))).toEqual(['edit m1', 'send U ']);
    expect(await stage.store.get('display:G')).toMatchObject({ place: { channelId: 'U' } });
  });

  it('brings back what was deleted', async () => {
    const stage = await playingStage();
    stage.channel.outcomes.push('gone');
    await pass(REFRESH_MS);
    stage.channel.news();
    await stage.display.show('G', 'T');
    expect(stage.channel.news()).toEqual([expect.stringContaining('send T Now playing')]);
  });

  it('says that the bot is stopping when it is, and sends nothing', async () => {
    const stage = await playingStage();
    await stage.display.close();
    stage.channel.news();
    await expect(stage.display.show('G', 'T')).rejects.toMatchObject({ code: 'STOPPING' });
    expect(stage.channel.news()).toEqual([]);
  });

  it('says so when it may not write there, and goes on where people give their commands', async () => {
    const stage = await playingStage();
    stage.channel.forbidden = new Set('U');
    await expect(stage.display.show('G', 'U')).rejects.toMatchObject({ code: 'CANNOT_WRITE' });
    await settle();
    expect(stage.channel.news().at(-1)).toContain('send T Now playing');
    await pass(REFRESH_MS);
    expect(stage.channel.news().at(-1)).toContain('edit m2 Now playing');
  });
});

it('keeps the displays of guilds apart', async () => {
  const stage = await playingStage();
  stage.display.changed('H');
  await settle();
  expect(stage.channel.news()).toEqual([expect.stringContaining('send T')]);
  expect(await stage.store.get('display:G')).toMatchObject({ place: { messageId: 'm1' } });
  expect(await stage.store.get('display:H')).toMatchObject({ place: { messageId: 'm2' } });
});
