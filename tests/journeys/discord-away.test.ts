import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { startBotProcess } from './process.ts';
import { ask, setStage } from './stage.ts';

it('goes on in a guild that comes back from an outage only after the start', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  const bot = await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(50, 20_000);
  await bot.stop();
  const before = stage.match('ada', song).matched.length;
  const outage = loopback.faults.throw('guild-unavailable', { guildId: loopback.guild.id });

  await stage.startBot();
  expect(loopback.guild.voiceStates.has(loopback.application.bot.id)).toBe(false);
  outage.lift();

  await until('the song to go on', () => stage.match('ada', song).matched.length > before + 50, 30_000);
  expect(stage.match('ada', song).repeats).toEqual([]);
});

it('ends with an error when Discord closes the gateway for good, and goes on after the next start', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const song = await stage.song('song.webm');
  const ada = loopback.user('ada');
  ada.join('Lounge');
  const bot = await startBotProcess(env);
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(50, 20_000);

  loopback.faults.throw('close-gateway', { code: 4004 });
  expect((await bot.ended).code).toBe(1);
  expect(ada.sees().some(({ content }) => content.includes('disconnected me'))).toBe(false);
  const before = stage.match('ada', song).matched.length;

  await startBotProcess(env);
  await until('the song to go on', () => stage.match('ada', song).matched.length > before + 50, 30_000);
});
