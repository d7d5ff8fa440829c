import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

it('pauses when the last listener leaves, and goes on at the frame when one comes back', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot();
  const [ada, ben] = [loopback.user('ada'), loopback.user('ben')];
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);

  ada.leave();
  ben.join('Studio');
  ben.move('Lounge');
  await until('Ben to hear the song', () => stage.match('ben', song).matched.length > 50, 20_000);

  const stoppedAt = stage.match('ada', song).matched.at(-1)?.index ?? Number.NaN;
  const wentOnAt = stage.match('ben', song).firstIndex ?? Number.NaN;
  // Frames that nobody was there to hear: the way of the news to the bot and back.
  expect(wentOnAt - stoppedAt).toBeGreaterThan(0);
  expect(wentOnAt - stoppedAt).toBeLessThan(50);
});

it('leaves a channel in which nobody listens, says so, and keeps the queue', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot({ ALONE_LEAVE_AFTER_MS: '200' });
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(50, 20_000);

  ada.leave();
  await until('the bot to leave', () => !loopback.guild.voiceStates.has(loopback.application.bot.id), 20_000);

  await sees(ada, 'why', ({ content }) => content.includes('Nobody was listening'));
  const before = stage.match('ada', song).matched.length;
  ada.join('Lounge');
  await ask(ada, 'resume');
  await until('the song to go on', () => stage.match('ada', song).matched.length > before + 50, 20_000);
  expect(stage.match('ada', song).repeats).toEqual([]);
});
