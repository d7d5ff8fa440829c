import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

it('comes when it is called, and goes again when nothing comes to be played', async () => {
  const stage = await setStage();
  const { guild, application, ...loopback } = stage.loopback;
  await stage.startBot({ QUEUE_END_LEAVE_AFTER_MS: '1000' });
  const ada = loopback.user('ada');
  const botIn = () => guild.voiceStates.get(application.bot.id)?.channelId ?? null;

  expect((await ask(ada, 'join')).content).toBe('Join a voice channel first, then try again.');
  ada.join('Lounge');
  expect((await ask(ada, 'join')).content).toBe('Here I am. Use /play to start something.');
  expect(botIn()).not.toBeNull();
  await sees(ada, 'that it left', ({ content }) => content.includes('so I left'));
  await until('the bot to be away', () => botIn() === null, 10_000);
});

it('goes on with what is in the queue when it is called back', async () => {
  const stage = await setStage();
  const song = await stage.song('song.webm');
  await stage.startBot();
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  const ears = stage.loopback.ears('ada');
  await ears.waitFor(50, 20_000);
  await ask(ada, 'leave');
  const heard = stage.match('ada', song).matched.length;

  expect((await ask(ada, 'join')).content).toBe('Here I am.');

  await until('more of it', () => stage.match('ada', song).matched.length > heard + 50, 20_000);
  expect(stage.match('ada', song)).toMatchObject({ repeats: [], outOfOrder: [] });
});

it('says what it can do', async () => {
  const stage = await setStage();
  await stage.startBot();
  const help = await ask(stage.loopback.user('ada'), 'help');
  expect(help.ephemeral).toBe(true);
  expect(help.embeds[0]?.description).toContain('**/join**');
});
