import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Person, SeenMessage } from '../../loopback/people.ts';
import { fakeYtDlp, type Behaviour } from '../sources/fake-yt-dlp.ts';
import { listLines } from '../sources/playlists.ts';
import { ask, sees, setStage, type Stage } from './stage.ts';

const song = (stage: Stage, n: number) => ({
  id: `${n}`,
  title: `Song ${n}`,
  url: `${stage.media.urlOf('song.webm')}?${n}`,
});
const songs = (stage: Stage, count: number) => Array.from({ length: count }, (_, n) => song(stage, n + 1));

/** Ada in a channel with a bot, and a page that is a list to this yt-dlp. */
async function listening(list: (stage: Stage) => Behaviour, settings: Readonly<Record<string, string>> = {}) {
  const stage = await setStage();
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-list-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const fake = await fakeYtDlp(folder, list(stage));
  const bot = await stage.startBot({ YTDLP_PATH: fake.path, ...settings });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  const play = () => ada.slash('play', { query: stage.media.urlOf('page.html') });
  return { stage, ada, bot, play, heard: (frames: number) => stage.loopback.ears('ada').waitFor(frames, 40_000) };
}

const reads = (person: Person, what: string, text: string): Promise<SeenMessage> =>
  sees(person, what, ({ content }) => content.includes(text));
const titles = async (person: Person, page: number) =>
  (await ask(person, 'queue', { page })).embeds[0]?.description ?? '';

it('is heard while a thousand tracks are still being read, and comes in its order around what others add meanwhile', async () => {
  const { ada, play, heard, stage } = await listening(
    (stage) => ({ stdout: listLines('Thousand', songs(stage, 1_000)), everyMs: 6 }),
    { PLAYLIST_LIMIT: '1000', QUEUE_LIMIT: '2000' },
  );
  await play();
  await heard(25);
  const soFar = await reads(ada, 'how far it is', 'so far');
  expect(soFar.content).toMatch(/^Adding \*Thousand\*: \*\*\d{1,3}\*\* songs? so far/);
  await ask(ada, 'play', { query: stage.media.urlOf('second.webm') });
  const all = await reads(ada, 'that all was added', 'Added **1000** songs from *Thousand*.');
  expect([all.id, all.components]).toEqual([soFar.id, []]);
  expect(await titles(ada, 1)).toContain('Song 2 ');
  // What ada added in the middle comes behind the whole list, as if that had come at once.
  expect(await titles(ada, 100)).toMatch(/Song 1000[^]*Second Wind/);
});

it('is called off by the button on its answer, and what was added stays', async () => {
  const { ada, play, heard } = await listening((stage) => ({
    stdout: listLines('Long', songs(stage, 5)),
    hangs: true,
  }));
  await play();
  await heard(25);
  const soFar = await reads(ada, 'how far it is', '**5** songs so far');
  const [row] = soFar.components;
  const button = row && 'components' in row ? row.components[0] : undefined;
  const id = button && 'custom_id' in button ? button.custom_id : '';
  const pressed = await ada.press(soFar.id, id);
  expect((await pressed.answered()).content).toBe('Called off. What was added stays.');
  await reads(ada, 'that it was called off', 'Added **5** songs from *Long*. The rest was called off.');
  expect(await titles(ada, 1)).toContain('Song 5');
});

it.each(['stop', 'clear', 'leave'])('is called off by /%s', async (command) => {
  const { ada, play, heard } = await listening((stage) => ({
    stdout: listLines('Long', songs(stage, 5)),
    hangs: true,
  }));
  await play();
  await heard(25);
  await reads(ada, 'how far it is', '**5** songs so far');
  await ask(ada, command);
  await reads(ada, 'that it was called off', 'The rest was called off.');
});

it('keeps what there was when it breaks in the middle, leaves out what is private, and says both', async () => {
  const { ada, play, heard } = await listening((stage) => ({
    stdout: listLines('Broken', [song(stage, 1), { ...song(stage, 2), title: '[Private video]' }, song(stage, 3)]),
    stderr: 'ERROR: [x] Connection reset by peer',
    code: 1,
  }));
  await play();
  await heard(25);
  const { content } = await reads(ada, 'what became of it', 'Added **2** songs from *Broken*.');
  expect(content).toMatch(/Left out 1 that cannot be played. Then it broke off. \S/);
});

it('stops reading where one person may have no more, and says so', async () => {
  const { ada, play } = await listening((stage) => ({ stdout: listLines('Long', songs(stage, 9)), hangs: true }), {
    QUEUE_LIMIT_PER_USER: '4',
  });
  await play();
  await reads(ada, 'the limit', 'Added **4** songs from *Long*. You already have 4 tracks in the queue');
});

it('is read from a feed of a thousand by the real yt-dlp, too', async () => {
  const stage = await setStage();
  await stage.startBot({ PLAYLIST_LIMIT: '1000', QUEUE_LIMIT: '2000' });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ada.slash('play', { query: `${stage.media.urlOf('feed.xml')}?length=1000` });
  await stage.loopback.ears('ada').waitFor(25, 40_000);
  await reads(ada, 'that all was added', 'Added **1000** songs from *Tenuto Demo Radio*.');
  expect(await titles(ada, 100)).toContain('1000');
});
