import { expect, it } from 'vitest';
import { children } from '../../bench/chaos/resources.ts';
import { until } from '../../loopback/until.ts';
import { isAlive } from '../lib/processes.ts';
import { startBotProcess } from './process.ts';
import { ask, setStage } from './stage.ts';

it('takes ffmpeg with it when it is killed', async () => {
  const stage = await setStage();
  const env = { ...stage.loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const bot = await startBotProcess(env);
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: stage.media.urlOf('song.wav') });
  await stage.loopback.ears('ada').waitFor(50, 20_000);
  const started = await children(bot.child.pid ?? 0);
  expect(started.filter(isAlive).length).toBeGreaterThanOrEqual(2);

  bot.child.kill('SIGKILL');
  await bot.ended;

  await until('its processes to be gone', () => !started.some(isAlive), 10_000);
});
