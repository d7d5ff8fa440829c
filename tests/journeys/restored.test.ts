import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeLibrary } from '../../loopback/media.ts';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

it('passes over a track that is gone after a restart, says why, and plays the next', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const musicDir = join(stage.dataDir, 'music');
  await makeLibrary(musicDir, { seconds: 20 });
  const song = await stage.song('song.webm');
  const bot = await stage.startBot({ MUSIC_DIR: musicDir });
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: 'grand pause' });
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(50, 20_000);
  await bot.stop();
  await rm(musicDir, { recursive: true });

  await stage.startBot({ MUSIC_DIR: musicDir });

  await until('the next song', () => stage.match('ada', song).matched.length > 50, 20_000);
  await sees(ada, 'why', ({ content }) => /Skipped .*Grand Pause.*cannot be played/.test(content));
});

it('goes on with the display that was there before the restart', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  const bot = await stage.startBot({ NOW_PLAYING_REFRESH_MS: '1000' });
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  const display = await sees(ada, 'the display', ({ embeds }) => embeds[0]?.author?.name === 'Now playing');
  await bot.stop();
  const shows = (heading: string) => () =>
    ada.sees().find(({ id, embeds }) => id === display.id && embeds[0]?.author?.name?.startsWith(heading) === true);
  await until('the display to say that the bot is away', shows('Offline'), 20_000);

  await stage.startBot({ NOW_PLAYING_REFRESH_MS: '1000' });

  await until('the display to go on', shows('Now playing'), 20_000);
  expect(ada.sees().filter(({ embeds }) => embeds[0]?.title?.includes('Long Note'))).toHaveLength(1);
});

it('answers commands while it is on its way back, and does what they say', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const bot = await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: (await stage.song('song.webm')).url });
  await ask(ada, 'play', { query: stage.media.urlOf('second.webm') });
  const third = await stage.song('third.opus');
  await ask(ada, 'play', { query: third.url });
  await loopback.ears('ada').waitFor(50, 20_000);
  await bot.stop();
  const slow = loopback.faults.throw('silent-voice-join', {});

  await stage.startBot({ VOICE_JOIN_DEADLINE_MS: '3000' });
  expect((await ask(ada, 'queue')).embeds[0]?.description).toContain('Second Wind');
  expect((await ask(ada, 'volume', { level: 100 })).content).toContain('100 %');
  expect((await ask(ada, 'skip', { to: 2 })).content).toContain('Third Time');
  expect((await ask(ada, 'pause')).content).toContain('Paused');
  expect((await ask(ada, 'voicestatus')).embeds[0]?.title).toContain('Voice');
  slow.lift();
  expect((await ask(ada, 'resume')).content).toContain('Going on');

  await until('the song that was asked for', () => stage.match('ada', third).matched.length > 50, 30_000);
  expect(stage.match('ada', third).firstIndex).toBe(0);
});

it('stays where it was told to, with nobody there, and over a restart', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const settings = { ALONE_LEAVE_AFTER_MS: '200', QUEUE_END_LEAVE_AFTER_MS: '200' };
  const song = await stage.song('song.webm');
  const bot = await stage.startBot(settings);
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  expect((await ask(ada, 'stay', { on: true })).content).toContain('I stay');
  await ask(ada, 'stop');
  const botIn = () => loopback.guild.voiceStates.has(loopback.application.bot.id);
  await bot.stop();
  ada.leave();

  await stage.startBot(settings);
  await until('the bot to be back in the empty channel', botIn, 20_000);
  ada.join('Lounge');
  expect((await ask(ada, 'stay', { on: false })).content).toContain('I leave');
  await until('the bot to leave', () => !botIn(), 20_000);
  await sees(ada, 'why', ({ content }) => content.includes('queue has ended'));
});

it('comes, after a restart with nothing to play, to who goes back to what played before', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  const bot = await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(50, 20_000);
  await ask(ada, 'skip');
  await bot.stop();

  await stage.startBot();

  const heard = loopback.ears('ada').count;
  expect((await ask(ada, 'previous')).content).toMatch(/^Back to \*\*[^.]*\.$/);
  await loopback.ears('ada').waitFor(heard + 50, 20_000);
});
