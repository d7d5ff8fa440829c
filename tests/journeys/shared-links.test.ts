import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startMusicServices } from '../../loopback/services.ts';
import { fakeYtDlp, type Behaviours } from '../sources/fake-yt-dlp.ts';
import { listLines } from '../sources/playlists.ts';
import { nameHere } from './names.ts';
import { ask, sees, setStage, type Stage } from './stage.ts';

const SONG = '4cOdK2wGLETKBW3PvgPWqT';
const LIST = '37i9dQZF1DXcBWIGoYBM5M';

/** What YouTube finds, as yt-dlp tells it; here its sound is the double's. */
const found = (stage: Stage, title: string) => ({
  id: title,
  title,
  channel: 'Ada - Topic',
  duration: 30,
  webpage_url: `https://www.youtube.com/watch?v=${title.length}`,
  url: stage.media.urlOf('song.webm'),
  ext: 'webm',
  acodec: 'opus',
  protocol: 'https',
});
const one = (stage: Stage, title: string) => ({
  stdout: JSON.stringify({ _type: 'playlist', entries: [found(stage, title)] }),
});

async function sharing(answers: (stage: Stage) => Behaviours) {
  const stage = await setStage();
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-shared-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const services = await startMusicServices({
    shared: {
      songs: [
        { id: SONG, title: 'Long Note', artist: 'Ada', album: 'Notes', seconds: 30 },
        { id: '3135556', title: 'Grand Pause', artist: 'Ada', album: 'Notes', seconds: 30 },
        { id: '3135557', title: '@everyone [x](https://evil.example)', artist: '**Bob**', album: 'x', seconds: 30 },
      ],
      lists: [
        { id: LIST, title: 'Hits', songs: [SONG] },
        { id: '302127', title: 'Discovery', songs: [SONG, '3135556'] },
      ],
    },
  });
  onTestFinished(() => services.close());
  nameHere(['open.spotify.com', 'api.deezer.com', 'www.deezer.com']);
  const fake = await fakeYtDlp(folder, answers(stage));
  await stage.startBot({ YTDLP_PATH: fake.path });
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  const told = (text: string) => sees(ada, text, ({ content }) => content.includes(text));
  const { port } = new URL(services.url);
  return { stage, services, ada, told, at: (host: string, path: string) => `http://${host}:${port}${path}` };
}

it('plays what a link of Spotify is about', async () => {
  const { stage, ada, at, told } = await sharing((stage) => ({
    about: { 'ytsearch1:Ada Long Note': one(stage, 'Long Note') },
  }));
  const song = await stage.song('song.webm');
  const answer = await ask(ada, 'play', { query: at('open.spotify.com', `/track/${SONG}?si=1`) });
  expect(answer.content).toBe('Playing **Long Note** by Ada (0:30).');
  await stage.loopback.ears('ada').waitFor(50, 60_000);
  expect(stage.match('ada', song).matched.length).toBeGreaterThan(25);

  await ada.slash('play', { query: at('open.spotify.com', `/playlist/${LIST}`) });
  await told('Spotify does not show publicly which tracks are in that. Share its tracks one by one.');
  await ada.slash('play', { query: at('open.spotify.com', `/track/${'0'.repeat(22)}`) });
  expect(await told('Spotify does not say what that link is about.')).toMatchObject({ ephemeral: true });
});

it('plays a list of Deezer, song by song', async () => {
  const { stage, ada, at } = await sharing((stage) => ({
    about: {
      'ytsearch1:Ada Long Note': one(stage, 'Long Note'),
      'ytsearch10:Ada Grand Pause': {
        stdout: listLines('x', [
          { id: '2', title: 'Grand Pause', url: 'https://www.youtube.com/watch?v=2', duration: 30 },
        ]),
      },
    },
  }));
  const answer = await ask(ada, 'play', { query: at('www.deezer.com', '/playlist/302127') });
  expect(answer.content).toBe('Added **2** songs from *Discovery*.');
  await stage.loopback.ears('ada').waitFor(25, 60_000);
  expect((await ask(ada, 'queue')).embeds[0]?.description).toContain('Grand Pause');
});

it('says what it is where it may not search, and lets its title do nothing', async () => {
  const { ada, at, told } = await sharing(() => ({
    stdout: 'null',
    stderr: 'ERROR: No suitable extractor (YoutubeSearch) found for URL ytsearch1:x',
    code: 1,
  }));
  await ada.slash('play', { query: at('www.deezer.com', '/track/3135557') });
  const { content } = await told(
    'which I would look for on YouTube, and may not. The operator can allow it (EXTRACTORS).',
  );
  expect(content).not.toMatch(/(?<!\\)[@[\]]|(?<![\\*])\*\*Bob/);
});
