import { expect, it } from 'vitest';
import { heardRate } from '../../loopback/ears.ts';
import { ask, setStage } from './stage.ts';

it.each(['song.mp3', 'song.m4a', 'song.flac', 'song.wav', 'hls/song.m3u8', 'page.html'])('plays %s', async (name) => {
  const stage = await setStage();
  await stage.startBot();
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');

  const answer = await ask(ada, 'play', { query: stage.media.urlOf(name) });
  expect(answer.content).toContain('Playing');
  const heard = await stage.loopback.ears('ada').waitFor(100, 30_000);

  expect(new Set(heard.map(({ opus }) => opus.toString('base64'))).size).toBeGreaterThan(90);
  expect(heardRate(heard)?.byTimestamp).toBe(50);
});
