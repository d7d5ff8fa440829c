import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

it('plays for somebody in another channel after everybody has left the first', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot({ NOW_PLAYING_REFRESH_MS: '1000' });
  const [ada, ben] = [loopback.user('ada'), loopback.user('ben')];
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(50, 20_000);
  ada.leave();
  await sees(ben, 'that it waits', ({ embeds }) => embeds[0]?.author?.name?.includes('Waiting') === true);

  ben.join('Studio');
  await ask(ben, 'play', { query: stage.media.urlOf('second.webm') });

  await until('the song to go on there', () => stage.match('ben', song).matched.length > 50, 20_000);
});

it('plays for whoever asks after it was disconnected from an empty channel', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(50, 20_000);
  ada.leave();
  loopback.faults.throw('kick', { guildId: loopback.guild.id });
  await sees(ada, 'that it was disconnected', ({ content }) => content.includes('disconnected me'));
  const before = stage.match('ada', song).matched.length;

  ada.join('Lounge');
  await ask(ada, 'play', { query: stage.media.urlOf('second.webm') });

  await until('the song to go on', () => stage.match('ada', song).matched.length > before + 50, 20_000);
});

it('does not come for a query that it cannot use, and does not stay for one that leads to nothing', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');

  await ask(ada, 'play', { query: 'file:///etc/passwd' });
  expect(loopback.gateway.sent.list(4)).toEqual([]);
  await ask(ada, 'play', { query: stage.media.urlOf('404') });

  await until('the bot to be gone', () => !loopback.guild.voiceStates.has(loopback.application.bot.id), 10_000);
});
