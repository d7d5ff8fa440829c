import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

it('stays out when somebody disconnects it, says so, and goes on at the frame when asked', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild, application } = loopback;
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);

  loopback.faults.throw('kick', { guildId: guild.id });
  await sees(ada, 'that it was disconnected', ({ content }) => content.includes('disconnected me'));

  expect(guild.voiceStates.has(application.bot.id)).toBe(false);
  expect((await ask(ada, 'queue')).embeds[0]?.description).toContain('Long Note');
  const before = stage.match('ada', song).matched.length;
  await ask(ada, 'resume');
  await until('the song to go on', () => stage.match('ada', song).matched.length > before + 50, 20_000);
  const { repeats, gaps } = stage.match('ada', song);
  expect(repeats).toEqual([]);
  // Lost are only frames that came too late, and one that was read but had not left yet.
  const { late } = loopback.voice.strayDatagrams();
  expect(gaps.reduce((sum, { missing }) => sum + missing, 0)).toBeLessThanOrEqual(late + 1);
});

it('follows when somebody moves it', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const { guild } = loopback;
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);
  const before = stage.match('ada', song).matched.length;

  const studio = [...guild.channels.values()].find(({ name }) => name === 'Studio');
  loopback.faults.throw('move', { guildId: guild.id, channelId: studio?.id ?? '' });
  ada.move('Studio');
  await until('the song to go on there', () => stage.match('ada', song).matched.length > before + 100, 20_000);

  const { repeats, gaps } = stage.match('ada', song);
  expect(repeats).toEqual([]);
  // What was sent while Ada was on her way, and what was in the air when the old door was closed.
  expect(gaps.reduce((sum, { missing }) => sum + missing, 0)).toBeLessThanOrEqual(25);
});
