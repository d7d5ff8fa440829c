import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fakeYtDlp } from '../sources/fake-yt-dlp.ts';
import { ask, setStage } from './stage.ts';

it.each([
  ['passed through', { acodec: 'opus', ext: 'webm' }],
  ['transcoded', { acodec: 'mp4a.40.2', ext: 'm4a' }],
])('plays in another format what the site gives out refused links to, where it would be %s', async (_how, sound) => {
  const stage = await setStage();
  const song = await stage.song('song.webm');
  const page = stage.media.urlOf('page.html');
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-refused-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const about = { id: 'x', title: 'A song', webpage_url: page, protocol: 'https', duration: 30 };
  const answer = (more: object) => ({ stdout: JSON.stringify({ ...about, ...more }) });
  const fake = await fakeYtDlp(folder, {
    ...answer({ ...sound, url: stage.media.urlOf('403') }),
    given: { argument: '/18/', does: answer({ acodec: 'opus', ext: 'webm', url: song.url }) },
  });
  await stage.startBot({ YTDLP_PATH: fake.path });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: page });
  await stage.loopback.ears('ada').waitFor(50, 40_000);
  expect(stage.match('ada', song)).toMatchObject({ firstIndex: 0, gaps: [], repeats: [] });
  expect(ada.sees().filter(({ content }) => /^(⏳|⚠️)/u.test(content))).toEqual([]);
});
