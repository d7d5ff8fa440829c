import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeLibrary } from '../../loopback/media.ts';
import type { Person } from '../../loopback/people.ts';
import { fakeYtDlp } from '../sources/fake-yt-dlp.ts';
import { listLines } from '../sources/playlists.ts';
import { ask, setStage } from './stage.ts';

const types = async (person: Person, text: string): Promise<readonly string[]> =>
  (await person.autocomplete('play', { query: text }, 'query')).map(({ name }) => name);

it('suggests what is known while somebody types, and asks sites only now and then', async () => {
  const stage = await setStage();
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-suggestions-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const musicDir = join(stage.dataDir, 'music');
  await makeLibrary(musicDir, { seconds: 5 });
  const entry = {
    id: '1',
    title: 'Morendo Live',
    channel: 'Ada Fermata',
    url: stage.media.urlOf('song.webm'),
    duration: 61,
  };
  const fake = await fakeYtDlp(folder, { about: { 'ytsearch10:morendo': { stdout: listLines('morendo', [entry]) } } });
  await stage.startBot({ YTDLP_PATH: fake.path, MUSIC_DIR: musicDir });
  const ada = stage.loopback.user('ada');

  const began = performance.now();
  // Two letters are no reason to search, so this only waits until the library has been read.
  await expect.poll(() => types(ada, 'gr'), { timeout: 10_000 }).toEqual(['Grand Pause · Tenuto Demo (0:05)']);
  // Whoever types on within 300 ms has not typed the words yet.
  await expect
    .poll(() => types(ada, 'morendo'), { timeout: 20_000, interval: 600 })
    .toEqual(['Morendo · Ada Fermata (0:05)', 'Morendo Live · Ada Fermata (1:01)']);
  // Discord waits 3 s for each of them, and the double no longer.
  for (let n = 1; n <= 20; n += 1) await types(ada, `morendo ${'x'.repeat(n)}`);
  // Three at once, and then one every 15 s.
  expect((await fake.calls()).length).toBeLessThanOrEqual(4 + (performance.now() - began) / 15_000);

  // A choice is played as it is, and is then part of what this server has heard.
  ada.join('Lounge');
  const [choice] = await ada.autocomplete('play', { query: 'gra pau' }, 'query');
  const playing = await ask(ada, 'play', { query: String(choice?.value) });
  expect(playing.content).toContain('**Grand Pause**');
  await ask(ada, 'play', { query: stage.media.urlOf('second.webm') });
  await ask(ada, 'play', { query: stage.media.urlOf('third.opus') });
  expect((await ada.autocomplete('skip', { to: 'third' }, 'to'))[0]).toMatchObject({
    name: expect.stringMatching(/^2\. Third Time/),
    value: 2,
  });
  await ask(ada, 'skip');
  await ask(ada, 'skip', { to: 1 });
  expect((await types(ada, '')).map((name) => name.split(' ·')[0])).toEqual(['Second Wind', 'Grand Pause']);

  // Nobody elsewhere learns of it.
  const elsewhere = stage.loopback.addGuild('Elsewhere');
  const guest = stage.loopback.user('ada', elsewhere);
  const suggested = async () => (await guest.autocomplete('play', { query: 'wind' }, 'query')).map(({ name }) => name);
  expect(await types(ada, 'wind')).toHaveLength(1);
  expect(await suggested()).toEqual([]);
});
