import { expect, it } from 'vitest';
import { startBotProcess } from './process.ts';
import { ask, setStage } from './stage.ts';

it('saves, leaves voice and ends with 0 within 5 s of SIGTERM', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const ada = loopback.user('ada');
  ada.join('Lounge');
  const bot = await startBotProcess(env);
  // A transcoded song, so that a child process is running too.
  await ask(ada, 'play', { query: stage.media.urlOf('song.mp3') });
  await loopback.ears('ada').waitFor(50, 20_000);

  const asked = performance.now();
  bot.child.kill('SIGTERM');
  const { code } = await bot.ended;

  expect(code).toBe(0);
  expect(performance.now() - asked).toBeLessThan(5_000);
  expect(loopback.guild.voiceStates.has(loopback.application.bot.id)).toBe(false);
});
