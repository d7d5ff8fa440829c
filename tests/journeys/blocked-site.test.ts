import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fakeYtDlp, type Behaviour } from '../sources/fake-yt-dlp.ts';
import { listLines } from '../sources/playlists.ts';
import { ask, sees, setStage } from './stage.ts';

const HUNDRED = Array.from({ length: 100 }, (_, n) => n + 1);
const ROBOT: Behaviour = {
  stdout: 'null',
  stderr:
    'ERROR: [youtube] 1: Sign in to confirm you’re not a bot. Use --cookies-from-browser or --cookies for the authentication.',
  code: 1,
};

it('waits for a site that blocks us with a hundred songs in the queue as they are, says so in one line, and goes on when the site is back', async () => {
  const stage = await setStage();
  const song = await stage.song('song.webm');
  const list = stage.media.urlOf('page.html');
  const watch = (n: number) => `${list}?v=${n}`;
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-blocked-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const entries = HUNDRED.map((n) => ({ id: `${n}`, title: `Song ${n}`, url: watch(n), duration: 30 }));
  const hundred = { stdout: listLines('Hundred', entries) };
  const plays = (n: number) => {
    const sound = { url: song.url, ext: 'webm', acodec: 'opus', protocol: 'https' };
    return { stdout: JSON.stringify({ ...entries[n - 1], webpage_url: watch(n), ...sound }) };
  };
  const site = (answer: (n: number) => Behaviour) => ({
    about: { [list]: hundred, ...Object.fromEntries(HUNDRED.map((n) => [watch(n), answer(n)])) },
  });
  const fake = await fakeYtDlp(
    folder,
    site(() => ROBOT),
  );
  const bot = await stage.startBot({ YTDLP_PATH: fake.path });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ada.slash('play', { query: list });
  await sees(ada, 'that all was added', ({ content }) => content.startsWith('Added **100** songs'));

  const waits = await sees(ada, 'that the music waits', ({ content }) => content.startsWith('⏳'));
  expect(waits.content).toContain('it takes this server for a robot');
  expect(waits.content).toContain('The queue is kept');
  const toCome = async () => (await ask(ada, 'queue')).embeds[0]?.footer?.text;
  expect(await toCome()).toContain('99 tracks to come');
  // A person who asks for the next one meanwhile does not make the bot knock again.
  await ask(ada, 'skip');
  const knocks = (await fake.calls()).filter(({ argv }) => argv.at(-1) !== list);
  expect(knocks.length).toBeLessThanOrEqual(2);

  await fake.behave(site(plays));
  await stage.loopback.ears('ada').waitFor(50, 40_000);
  const goesOn = await sees(ada, 'that it goes on', ({ content }) => content.startsWith('▶️'));
  expect(goesOn.id).toBe(waits.id);
  expect(await toCome()).toContain('98 tracks to come');
  expect(ada.sees().filter(({ content }) => /^(⏳|▶️|⚠️)/u.test(content))).toHaveLength(1);
  expect(bot.log().match(/a site gives trouble/g)).toHaveLength(1);
});
