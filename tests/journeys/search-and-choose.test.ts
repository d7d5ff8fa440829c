import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIStringSelectComponent } from 'discord-api-types/v10';
import { expect, it, onTestFinished } from 'vitest';
import { makeLibrary } from '../../loopback/media.ts';
import type { SeenMessage } from '../../loopback/people.ts';
import { fakeYtDlp, type Behaviours } from '../sources/fake-yt-dlp.ts';
import { listLines } from '../sources/playlists.ts';
import { ask, sees, setStage, type Stage } from './stage.ts';

/** What YouTube finds for "long train", as yt-dlp tells it; here its pages are those of the double. */
const found = (stage: Stage, count: number) =>
  listLines(
    'long train',
    Array.from({ length: count }, (_, n) => ({
      id: `${n}`,
      title: `Long Train ${n}`,
      channel: 'Ada - Topic',
      url: `${stage.media.urlOf('song.webm')}?v=${n}`,
      duration: 60 + n,
    })),
  );

async function searching(answers: (stage: Stage) => Behaviours) {
  const stage = await setStage();
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-search-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const musicDir = join(stage.dataDir, 'music');
  await makeLibrary(musicDir, { seconds: 5 });
  const fake = await fakeYtDlp(folder, answers(stage));
  const start = () => stage.startBot({ YTDLP_PATH: fake.path, MUSIC_DIR: musicDir });
  const bot = await start();
  const ada = stage.loopback.user('ada');
  return { stage, fake, bot, start, ada };
}

function menuOf({ components: [row] }: SeenMessage): APIStringSelectComponent {
  const [menu] = row && 'components' in row ? row.components : [];
  if (menu === undefined || !('options' in menu)) throw new Error('there is no menu');
  return menu;
}

it('shows a person what there is, and plays what they choose, also after a restart', async () => {
  const { stage, bot, start, ada } = await searching((stage) => ({
    about: { 'ytsearch10:long note': { stdout: found(stage, 10) } },
  }));
  const answer = await ask(ada, 'search', { words: 'long note' });
  const menu = menuOf(answer);
  expect([answer.ephemeral, menu.options.length]).toEqual([true, 10]);
  // What the own library has comes first.
  expect(menu.options.slice(0, 2)).toMatchObject([
    { label: 'Long Note', description: 'Tenuto Demo · 0:05' },
    { label: 'Long Train 0', description: 'Ada · 1:00' },
  ]);

  const choose = async (at: number) => {
    const pressed = await ada.press(answer.id, menu.custom_id, [menu.options[at]?.value ?? '']);
    return await pressed.answered();
  };
  expect(await choose(0)).toMatchObject({ content: 'Join a voice channel first, then try again.', ephemeral: true });
  ada.join('Lounge');
  expect(await choose(0)).toMatchObject({ content: 'Playing **Long Note** by Tenuto Demo (0:05).', ephemeral: false });
  await stage.loopback.ears('ada').waitFor(25, 30_000);
  await bot.stop();
  await start();
  expect((await choose(2)).content).toMatch(/^Added \*\*/);
});

it('says so when there is nothing, when the search fails, and when a choice is gone', async () => {
  const { ada, fake, stage } = await searching(() => ({ stdout: '' }));
  ada.join('Lounge');
  const told = (text: string) => sees(ada, text, ({ content }) => content.includes(text));
  await ada.slash('search', { words: 'xyzzy' });
  await told('I found nothing for that.');
  await ada.slash('search', { words: 'https://example.com/' });
  await told('That is a link: /play opens it.');
  await fake.behave({
    stdout: '{"_type": "playlist", "entries": [null]}\n',
    stderr: 'ERROR: [youtube:search] plugh: Unable to download API page: HTTP Error 429: Too Many Requests',
  });
  await ada.slash('search', { words: 'plugh' });
  await told('Its site gives me nothing at the moment');
  const answer = await ask(ada, 'search', { words: 'grand pause' });
  await rm(join(stage.dataDir, 'music'), { recursive: true });
  const { custom_id, options } = menuOf(answer);
  await ada.press(answer.id, custom_id, [options[0]?.value ?? '']);
  await told('That track cannot be played: the file is not in the library any more.');
});
