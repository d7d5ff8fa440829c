import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { ask, setStage } from './stage.ts';

it('lets people queue, look, pause, go on, skip, change the volume, stop and send the bot away', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const [first, second] = [await stage.song('song.webm'), await stage.song('second.webm')];
  await stage.startBot();
  const ada = loopback.user('ada');
  ada.join('Lounge');
  const ears = loopback.ears('ada');

  await ask(ada, 'play', { query: first.url });
  expect((await ask(ada, 'play', { query: second.url })).content).toMatch(/^Added .* at position #1/);
  await ears.waitFor(50, 20_000);

  const [queue] = (await ask(ada, 'queue')).embeds;
  expect(queue?.description).toContain('Now:');
  expect(queue?.description).toContain('Second Wind');
  expect((await ask(ada, 'voicestatus')).embeds[0]?.description).toContain('Connected to');

  expect((await ask(ada, 'pause')).content).toMatch(/^Paused/);
  const heardWhenPaused = stage.match('ada', first).matched.length;
  expect((await ask(ada, 'pause')).content).toContain('already paused');
  expect((await ask(ada, 'resume')).content).toBe('Going on.');
  await until('the song to go on', () => stage.match('ada', first).matched.length > heardWhenPaused + 50, 20_000);
  expect(stage.match('ada', first, { pauses: 1 })).toMatchObject({ exact: true, gaps: [], repeats: [] });

  expect((await ask(ada, 'skip')).content).toContain('Second Wind');
  await until('the second song', () => stage.match('ada', second).matched.length > 50, 20_000);
  expect(stage.match('ada', second).firstIndex).toBe(0);

  await ask(ada, 'volume', { level: 50 });
  const loud = loopback.heard('ada').length;
  await ears.waitFor((packets) => packets.length > loud + 50, 20_000);
  expect(stage.match('ada', second).foreign.length).toBeGreaterThan(0);

  expect((await ask(ada, 'stop')).content).toContain('Stopped');
  expect((await ask(ada, 'queue')).content).toContain('empty');
  expect((await ask(ada, 'leave')).content).toContain('Left');
  const botId = loopback.application.bot.id;
  await until('the bot to leave', () => !loopback.guild.voiceStates.has(botId), 5_000);
});
