import dns from 'node:dns/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeLibrary } from '../../loopback/media.ts';
import type { Person } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { fakeYtDlp } from '../sources/fake-yt-dlp.ts';
import { mixOf } from '../sources/youtube-mix.ts';
import { startBotProcess } from './process.ts';
import { ask, sees, setStage } from './stage.ts';

const VIDEOS = ['aaaaaaaaaaa', 'bbbbbbbbbbb', 'ccccccccccc'].map((id, n) => ({ id, title: `Video ${n}`, seconds: 6 }));
const watch = (id: string) => `https://www.youtube.com/watch?v=${id}`;

/** YouTube as yt-dlp tells of it: a search that finds the first video, and mixes that name all of them. Its sound is the double's. */
async function youTube(songs: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-autoplay-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const info = VIDEOS.map(({ id, title, seconds }, n) => {
    const sound = { url: songs[n % songs.length], ext: 'webm', acodec: 'opus', protocol: 'https' };
    return { stdout: JSON.stringify({ id, title, duration: seconds, webpage_url: watch(id), ...sound }) };
  });
  const mixes = VIDEOS.map(({ id }) => {
    const { link, shape } = mixOf(VIDEOS.toSorted((a, b) => Number(b.id === id) - Number(a.id === id)));
    return [link, { stdout: JSON.stringify(shape) }] as const;
  });
  const pages = VIDEOS.map(({ id }, n) => [watch(id), info[n] ?? {}] as const);
  const about = Object.fromEntries([['ytsearch1:video', info[0] ?? {}], ...pages, ...mixes]);
  return await fakeYtDlp(folder, { about });
}

/** This machine may know no names; nobody dials the address. */
function youTubeHasAnAddress(): void {
  const { lookup } = dns;
  onTestFinished(() => {
    dns.lookup = lookup;
    syncBuiltinESMExports();
  });
  dns.lookup = (async () => [{ address: '142.250.0.1', family: 4 }]) as unknown as typeof lookup;
  syncBuiltinESMExports();
}

const shows = (ada: Person, title: string) =>
  sees(ada, title, ({ embeds }) => embeds[0]?.title?.includes(title) === true);

it('goes on with the mix of the last video, shown as autoplay’s, until everything was heard', async () => {
  youTubeHasAnAddress();
  const stage = await setStage({}, 6);
  const [first, second] = [await stage.song('song.webm'), await stage.song('second.webm')];
  const site = await youTube([first.url, second.url]);
  await stage.startBot({ YTDLP_PATH: site.path });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  expect((await ask(ada, 'autoplay', { on: true })).content).toContain('related');
  await ask(ada, 'play', { query: 'video' });

  const display = await shows(ada, 'Video 1');
  expect(display.embeds[0]?.description).toContain('Asked for by autoplay');
  await shows(ada, 'Video 2');
  await sees(ada, 'that nothing new is left', ({ content }) => content.includes('autoplay found nothing'));
  const heard = stage.match('ada', second);
  expect(heard).toMatchObject({ gaps: [], repeats: [] });
  expect(heard.matched.length).toBeGreaterThan(290);
  const [history] = (await ask(ada, 'history')).embeds;
  for (const { title } of VIDEOS) expect(history?.description?.split(title)).toHaveLength(2);
});

it('gives way to what somebody adds', async () => {
  const stage = await setStage();
  const musicDir = join(stage.dataDir, 'music');
  await makeLibrary(musicDir, { seconds: 20 });
  const song = await stage.song('song.webm');
  await stage.startBot({ MUSIC_DIR: musicDir });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'autoplay', { on: true });
  await ask(ada, 'play', { query: 'grand pause' });
  const next = async () => (await ask(ada, 'queue')).embeds[0]?.description ?? '';
  await expect.poll(next, { timeout: 20_000 }).toMatch(/1\\\. .* autoplay/);

  expect((await ask(ada, 'play', { query: song.url })).content).toContain('#1');

  expect(await next()).not.toContain('autoplay');
  await ask(ada, 'skip');
  await until('what was asked for', () => stage.match('ada', song).matched.length > 50, 20_000);
});

it('is still on after a kill, and adds nothing twice', async () => {
  const stage = await setStage();
  const musicDir = join(stage.dataDir, 'music');
  await makeLibrary(musicDir, { seconds: 20 });
  const env = { ...stage.loopback.env, DATA_DIR: stage.dataDir, MUSIC_DIR: musicDir };
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  const first = await startBotProcess(env);
  await ask(ada, 'autoplay', { on: true });
  await ask(ada, 'play', { query: 'grand pause' });
  const coming = async () => (await ask(ada, 'queue')).embeds[0]?.description?.split('\n').slice(2).join('\n') ?? '';
  await expect.poll(coming, { timeout: 20_000 }).toMatch(/^1\\\. .* autoplay$/);
  const before = await coming();
  const heard = stage.loopback.ears('ada').count;
  first.child.kill('SIGKILL');
  await first.ended;

  await startBotProcess(env);
  await stage.loopback.ears('ada').waitFor(heard + 100, 30_000);
  expect(await coming()).toBe(before);
  await ask(ada, 'skip');
  await expect.poll(coming, { timeout: 20_000 }).toMatch(/^1\\\. .* autoplay$/);
  expect(await coming()).not.toBe(before);
});

it('ends with the music after /stop, and knows nothing of other sites, which it says once', async () => {
  const stage = await setStage();
  await stage.startBot();
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'autoplay', { on: true });
  const lines = () => ada.sees().filter(({ content }) => content.startsWith('⏹️ The queue'));
  for (const [way, said] of [
    ['stop', 0],
    ['skip', 1],
    ['skip', 1],
  ] as const) {
    const heard = stage.loopback.ears('ada').count;
    await ask(ada, 'play', { query: stage.media.urlOf('song.webm') });
    await stage.loopback.ears('ada').waitFor(heard + 50, 20_000);
    await ask(ada, way);
    await expect.poll(lines, { timeout: 20_000 }).toHaveLength(said);
  }
  expect(lines()[0]?.content).toContain('knows what goes with YouTube');
});
