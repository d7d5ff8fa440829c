import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { startBotProcess } from './process.ts';
import { ask, setStage } from './stage.ts';

it('reads the same after kill -9 as after everything that people did to the queue', async () => {
  const stage = await setStage();
  const { loopback, media } = stage;
  const env = { ...loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const [ada, ben] = [loopback.user('ada'), loopback.user('ben')];
  for (const person of [ada, ben]) person.join('Lounge');
  const page = async () => (await ask(ada, 'queue')).embeds[0];
  /** What comes next, one line each. */
  const upcoming = async () => (await page())?.description?.split('\n').slice(2) ?? [];

  const first = await startBotProcess(env);
  const songs = ['song.webm', 'second.webm', 'third.opus', 'song.opus'];
  for (const song of songs) {
    for (const person of [ada, ben]) await ask(person, 'play', { query: media.urlOf(song) });
  }
  await loopback.ears('ada').waitFor(100, 20_000);
  expect((await ask(ben, 'play', { query: media.urlOf('third.opus'), next: true })).content).toContain(
    'at position #1',
  );
  expect((await ask(ada, 'play', { query: media.urlOf('song.mp3'), position: 3 })).content).toContain('position #3');
  expect((await ask(ada, 'move', { from: 9, to: 2 })).content).toContain('to #2');
  await ask(ben, 'move', { from: 1, to: 5, swap: true });
  expect((await ask(ada, 'shuffle', { fair: true })).content).toContain('Shuffled 9 tracks');
  expect((await ask(ada, 'skip', { to: 2 })).content).toContain('Skipped to');
  expect((await ask(ada, 'remove', { position: 9 })).content).toContain('no track at 9');

  const before = await upcoming();
  expect(before).toHaveLength(7);
  expect((await ask(ben, 'remove', { user: ada.id })).content).toMatch(/^Removed \d tracks/);
  expect((await upcoming()).join('\n')).not.toContain(ada.id);
  expect((await ask(ada, 'undo')).content).toContain('is back');
  expect(await upcoming()).toEqual(before);
  await ask(ben, 'remove', { position: 2, to: 3 });
  await ask(ada, 'pause');
  const told = await page();
  const history = (await ask(ada, 'history')).embeds[0];
  first.child.kill('SIGKILL');
  await first.ended;

  await startBotProcess(env);
  expect(await page()).toEqual(told);
  expect((await ask(ada, 'history')).embeds[0]).toEqual(history);
  expect((await ask(ada, 'pause')).content).toContain('already paused');
  expect((await ask(ben, 'undo')).content).toContain('is back');
  expect(await upcoming()).toEqual(before);
  const heard = loopback.ears('ada').packets.length;
  await ask(ada, 'previous');
  await ask(ada, 'resume');
  await until('the music to go on', () => loopback.ears('ada').packets.length > heard + 50, 20_000);
});
