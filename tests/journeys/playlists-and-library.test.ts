import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeLibrary } from '../../loopback/media.ts';
import { ask, sees, setStage } from './stage.ts';

it('plays a feed as a playlist', async () => {
  const stage = await setStage();
  await stage.startBot();
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');

  await ada.slash('play', { query: stage.media.urlOf('feed.xml') });
  await stage.loopback.ears('ada').waitFor(50, 30_000);

  // Meanwhile it may have said how far it is.
  await sees(ada, 'that all was added', ({ content }) => content === 'Added **3** songs from *Tenuto Demo Radio*.');
  const [queue] = (await ask(ada, 'queue')).embeds;
  expect(queue?.footer?.text).toMatch(/tracks? to come/);
});

it('finds words in the local library by tags, when no site can be reached', async () => {
  const stage = await setStage();
  const musicDir = join(stage.dataDir, 'music');
  await makeLibrary(musicDir, { seconds: 5 });
  await stage.startBot({ MUSIC_DIR: musicDir });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');

  const answer = await ask(ada, 'play', { query: 'grand pause' });
  await stage.loopback.ears('ada').waitFor(50, 30_000);

  expect(answer.content).toContain('Grand Pause');
});
