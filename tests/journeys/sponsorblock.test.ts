import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startMusicServices } from '../../loopback/services.ts';
import { until } from '../../loopback/until.ts';
import { fakeYtDlp } from '../sources/fake-yt-dlp.ts';
import { ask, sees, setStage } from './stage.ts';

const VIDEO = 'dQw4w9WgXcQ';
const PACKETS_A_SECOND = 50;
/** Until the place behind a segment is open, what plays goes on; on a busy machine for longer. */
const WHILE_OPENING = 3 * PACKETS_A_SECOND;
const segment = (start: number, end: number) => ({
  videoID: VIDEO,
  segment: [start, end] as const,
  category: 'music_offtopic',
  actionType: 'skip',
  videoDuration: 30,
});

async function watching(settings: Readonly<Record<string, string>> = {}) {
  const stage = await setStage();
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-segments-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const services = await startMusicServices({ segments: [segment(3, 12), segment(15, 24)] });
  onTestFinished(() => services.close());
  const song = await stage.song('song.webm');
  const info = {
    id: VIDEO,
    title: 'Long Note',
    duration: 30,
    webpage_url: `https://www.youtube.com/watch?v=${VIDEO}`,
    url: song.url,
    ext: 'webm',
    acodec: 'opus',
    protocol: 'https',
  };
  const fake = await fakeYtDlp(folder, { stdout: JSON.stringify({ _type: 'playlist', entries: [info] }) });
  const start = () => stage.startBot({ YTDLP_PATH: fake.path, SPONSORBLOCK_URL: services.url, ...settings });
  const bot = await start();
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  /** Which packets of the song were heard, in order. */
  const heard = () => stage.match('ada', song).matched.map(({ index }) => index);
  const hears = (second: number) =>
    until(`second ${second}`, () => heard().some((index) => index >= second * PACKETS_A_SECOND), 60_000);
  const heardIn = (from: number, to: number) =>
    heard().filter((index) => index >= from * PACKETS_A_SECOND && index < to * PACKETS_A_SECOND);
  return { services, start, bot, ada, hears, heardIn };
}

it('leaves out what is no music, unless a person goes there', { timeout: 120_000 }, async () => {
  const { ada, hears, heardIn, services } = await watching();
  await ask(ada, 'play', { query: 'long note' });
  expect((await ask(ada, 'sponsorblock', { on: true })).content).toContain('left out of videos now');
  await hears(13);
  expect(heardIn(0, 3).length).toBeGreaterThan(100);
  expect(heardIn(3, 12).length).toBeLessThan(WHILE_OPENING);
  expect(services.requests).toHaveLength(1);

  // Into the second one, on purpose.
  await ask(ada, 'seek', { to: '16' });
  await hears(20);
  expect(heardIn(16.5, 20).length).toBeGreaterThan(2 * PACKETS_A_SECOND);
  // Away from it: now it is left out as well.
  await ask(ada, 'seek', { to: '14' });
  const before = heardIn(15, 24).length;
  await hears(25);
  expect(heardIn(15, 24).length - before).toBeLessThan(WHILE_OPENING);
});

it(
  'costs no music when the service is in trouble, and nothing where nobody wants it',
  { timeout: 120_000 },
  async () => {
    const { ada, hears, heardIn, services } = await watching();
    await ask(ada, 'play', { query: 'long note' });
    await hears(1);
    expect(services.requests).toEqual([]);
    services.misbehave('silent');
    await ask(ada, 'sponsorblock', { on: true });
    await hears(5);
    expect(heardIn(1, 5).length).toBeGreaterThan(3 * PACKETS_A_SECOND);
    expect(services.requests).toHaveLength(1);
    expect((await ask(ada, 'sponsorblock', { on: false })).content).toBe('Videos are heard whole now.');
  },
);

it('is still on after a restart', { timeout: 120_000 }, async () => {
  const { bot, ada, hears, heardIn, start } = await watching();
  await ask(ada, 'play', { query: 'long note' });
  await ask(ada, 'sponsorblock', { on: true });
  await bot.stop();
  await start();
  await hears(13);
  expect(heardIn(3, 12).length).toBeLessThan(WHILE_OPENING);
});

it('says so where there is no service', async () => {
  const { ada } = await watching({ SPONSORBLOCK_URL: 'none' });
  await ask(ada, 'play', { query: 'long note' });
  await ada.slash('sponsorblock', { on: true });
  const answer = await sees(ada, 'why not', ({ content }) => content.includes('SPONSORBLOCK_URL'));
  expect(answer.ephemeral).toBe(true);
});
