import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { fakeYtDlp } from '../sources/fake-yt-dlp.ts';
import { ask, setStage } from './stage.ts';

const SOON = { timeout: 20_000 };
const ON = { AUDIO_CACHE_MB: '50' };

/** A stage with a site of which every page has a song, and what was asked of it. */
async function siteOf(name: 'song.webm' | 'song.mp3') {
  const stage = await setStage({}, 5);
  const page = stage.media.urlOf(`page.html?v=${name}`);
  const sound = { url: stage.media.urlOf(name), ext: name.slice(-4).replace('.', ''), protocol: 'https' };
  const acodec = name === 'song.webm' ? 'opus' : 'mp3';
  const info = { id: '1', title: 'Kept', duration: 5, webpage_url: page, acodec, ...sound };
  const fake = await fakeYtDlp(stage.dataDir, { stdout: JSON.stringify(info) });
  const fetched = () => stage.media.requests.filter(({ path }) => path === `/${name}`).length;
  const folder = join(stage.dataDir, 'cache', 'audio');
  const kept = async () => (await readdir(folder)).filter((file) => !file.endsWith('.part'));
  return { stage, page, fake, fetched, folder, kept, settings: { ...ON, YTDLP_PATH: fake.path } };
}

it.each(['song.webm', 'song.mp3'] as const)(
  'plays %s again without asking anybody, also after a restart',
  async (name) => {
    const { stage, page, fake, fetched, kept, settings } = await siteOf(name);
    const song = await stage.song('song.webm');
    const ada = stage.loopback.user('ada');
    const ears = stage.loopback.ears('ada');
    ada.join('Lounge');

    const first = await stage.startBot(settings);
    await ask(ada, 'play', { query: page });
    await ears.waitFor(100, 20_000);
    await expect.poll(kept, SOON).toHaveLength(1);
    await ask(ada, 'stop');
    await first.stop();
    const [before, calls, heard] = [fetched(), (await fake.calls()).length, ears.packets.length];

    await stage.startBot(settings);
    ada.leave();
    ada.join('Lounge');
    await ask(ada, 'play', { query: page });
    await ears.waitFor((packets) => packets.length > heard + 240, 20_000);
    expect([fetched(), (await fake.calls()).length]).toEqual([before, calls]);
    // What is passed through is the same bit by bit; what ffmpeg made of it is made anew.
    const again = new Set(stage.loopback.heard('ada').slice(heard));
    const { matched } = stage.match('ada', song);
    const indexes = matched.filter(({ packet }) => again.has(packet)).map(({ index }) => index);
    const all = name === 'song.webm' ? song.frames.map((_, index) => index) : [];
    expect(indexes.slice(0, 200)).toEqual(all.slice(0, 200));
  },
);

it('notices that what it kept is damaged, and fetches it again', async () => {
  const { stage, page, fetched, folder, kept, settings } = await siteOf('song.webm');
  const song = await stage.song('song.webm');
  const bot = await stage.startBot(settings);
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: page });
  await expect.poll(kept, SOON).toHaveLength(1);
  await ask(ada, 'stop');
  const path = join(folder, (await kept())[0] ?? '');
  await writeFile(path, (await readFile(path)).fill(0, 20_000, 20_100));
  const [before, heard] = [fetched(), stage.loopback.heard('ada').length];

  await ask(ada, 'play', { query: page });
  await until(
    'the whole song',
    () => {
      const again = new Set(stage.loopback.heard('ada').slice(heard));
      return stage.match('ada', song).matched.filter(({ packet }) => again.has(packet)).length === song.frames.length;
    },
    20_000,
  );
  expect(bot.log()).toContain('a file of the audio cache is damaged');
  expect(fetched()).toBeGreaterThan(before);
  await expect.poll(kept, SOON).toHaveLength(1);
});

it('keeps nothing unless it was told to', async () => {
  const { stage, page, folder, fake } = await siteOf('song.webm');
  await stage.startBot({ YTDLP_PATH: fake.path });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: page });
  await stage.loopback.ears('ada').waitFor(100, 20_000);
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
});
