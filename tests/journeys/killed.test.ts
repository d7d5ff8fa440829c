import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { startBotProcess } from './process.ts';
import { ask, setStage } from './stage.ts';

const FRAME_MS = 20;

it('goes on where it was killed, with the queue, the volume and the loop as they were', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const song = await stage.song('song.webm');
  const ada = loopback.user('ada');
  const ears = loopback.ears('ada');
  ada.join('Lounge');

  const first = await startBotProcess(env);
  await ask(ada, 'play', { query: song.url });
  await ask(ada, 'play', { query: stage.media.urlOf('second.webm') });
  await ask(ada, 'loop', { mode: 'queue' });
  await ears.waitFor(200, 20_000);
  first.child.kill('SIGKILL');
  await first.ended;
  const before = stage.match('ada', song).matched.at(-1)?.index ?? -1;
  const heardBefore = ears.packets.length;

  await startBotProcess(env);
  const after = await ears.waitFor((packets) => packets.length > heardBefore + 100, 30_000);

  const resumedAt = stage.match('ada', song).matched.find(({ packet }) => after.indexOf(packet) >= heardBefore)?.index;
  expect(Math.abs((resumedAt ?? Infinity) - before) * FRAME_MS).toBeLessThanOrEqual(1_500);
  const [queue] = (await ask(ada, 'queue')).embeds;
  expect(queue?.description).toContain('Second Wind');
  expect(queue?.footer?.text).toContain('repeating the queue');
});

it('keeps silent after a restart what a person had paused, and goes on at the frame when asked', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const song = await stage.song('song.opus');
  const ada = loopback.user('ada');
  ada.join('Lounge');

  const first = await startBotProcess(env);
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);
  await ask(ada, 'pause');
  // Players send a little silence after the last frame; from then on no frame is on its way.
  await until('silence', () => stage.match('ada', song).silence > 0, 5_000);
  first.child.kill('SIGKILL');
  await first.ended;
  const before = stage.match('ada', song).matched.length;

  await startBotProcess(env);
  const botId = loopback.application.bot.id;
  await until('the bot to be back in the channel', () => loopback.guild.voiceStates.get(botId), 20_000);
  const nowplaying = await ask(ada, 'pause');
  expect(nowplaying.content).toContain('already paused');
  expect(stage.match('ada', song).matched.length).toBe(before);

  await ask(ada, 'resume');
  await until('the song to go on', () => stage.match('ada', song).matched.length > before + 50, 20_000);
  expect(stage.match('ada', song)).toMatchObject({ exact: true, gaps: [], repeats: [] });
});

it('waits after a restart while nobody is in the channel, and begins when somebody comes', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const song = await stage.song('song.webm');
  const ada = loopback.user('ada');
  ada.join('Lounge');
  const first = await startBotProcess(env);
  await ask(ada, 'play', { query: song.url });
  await loopback.ears('ada').waitFor(100, 20_000);
  first.child.kill('SIGKILL');
  await first.ended;
  ada.leave();
  const before = stage.match('ada', song).matched.length;

  const joins = () => loopback.gateway.sent.list(4).length;
  const joinsBefore = joins();
  const second = await startBotProcess(env);
  expect(second.log()).toContain('"listeners":0');
  expect(joins()).toBe(joinsBefore);
  ada.join('Lounge');

  await until('the song to go on', () => stage.match('ada', song).matched.length > before + 50, 20_000);
});
