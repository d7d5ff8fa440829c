import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { startBotProcess } from './process.ts';
import { ask, setStage } from './stage.ts';

/** A bot in a process of its own that plays for ada. The song is transcoded, so that a child process is running too. */
async function playing() {
  const stage = await setStage();
  const { loopback } = stage;
  const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const ada = loopback.user('ada');
  ada.join('Lounge');
  const bot = await startBotProcess(env);
  await ask(ada, 'play', { query: stage.media.urlOf('song.mp3') });
  await loopback.ears('ada').waitFor(50, 20_000);
  return { loopback, ada, bot: { ...bot, env } };
}

it('saves, leaves voice and ends with 0 within 5 s of SIGTERM', async () => {
  const { loopback, bot } = await playing();

  const asked = performance.now();
  bot.child.kill('SIGTERM');
  const { code } = await bot.ended;

  expect(code).toBe(0);
  expect(performance.now() - asked).toBeLessThan(5_000);
  expect(loopback.guild.voiceStates.has(loopback.application.bot.id)).toBe(false);
});

it('is not hindered by a second SIGTERM', async () => {
  const { loopback, ada, bot } = await playing();
  await ask(ada, 'pause');

  bot.child.kill('SIGTERM');
  await until('the bot to begin to stop', () => bot.log().includes('"msg":"stopping"'), 5_000);
  bot.child.kill('SIGTERM');
  const { code } = await bot.ended;

  expect(code).toBe(0);
  expect(loopback.guild.voiceStates.has(loopback.application.bot.id)).toBe(false);
  await startBotProcess(bot.env);
  expect((await ask(ada, 'pause')).content).toContain('already paused');
});

it('does so too while Discord leaves it without answers', async () => {
  const { loopback, ada, bot } = await playing();
  const waiting = Promise.withResolvers<void>();
  loopback.rest.interfere(({ path }) => {
    if (path.endsWith('/callback')) waiting.resolve();
    return { delayMs: 60_000 };
  });
  await ada.slash('queue');
  await waiting.promise;

  bot.child.kill('SIGTERM');
  const { code } = await bot.ended;

  expect(code).toBe(0);
  expect(bot.log()).toContain('not everybody was answered');
  expect(loopback.guild.voiceStates.has(loopback.application.bot.id)).toBe(false);
});

it('ends with 1, out of voice, when Discord has closed the gateway for good', async () => {
  const { loopback, bot } = await playing();

  loopback.faults.throw('close-gateway', { code: 4004 });
  const { code } = await bot.ended;

  expect(code).toBe(1);
  expect(bot.log()).toContain('Tenuto cannot go on: Discord closed the gateway for good (4004)');
});
