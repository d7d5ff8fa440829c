import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Supervised } from '../../bench/supervised.ts';
import { makeFixtures } from '../../loopback/media.ts';
import { until } from '../../loopback/until.ts';
import { filteringOf } from '../../src/player/filters.ts';
import { placeOf, soundOfFile } from './hearing.ts';
import { startBotProcess } from './process.ts';
import { ask, setStage, type Stage } from './stage.ts';

const PACKET_MS = 20;
/** A frame or two. */
const EXACT_MS = 45;
const NIGHTCORE = filteringOf([{ name: 'nightcore', amount: null }]);
const TEMPO = NIGHTCORE?.tempo ?? NaN;

/** How the song sounds when all of it goes through the filter. */
async function filteredSong(): Promise<Float32Array> {
  const fixtures = await makeFixtures(join(import.meta.dirname, '../../data/loopback/media'), { seconds: 30 });
  return await soundOfFile(fixtures.pathOf('song.webm'), NIGHTCORE?.chain);
}

/** What was heard that is not of the file, packet by packet: what went through filters. */
function filtered(stage: Stage, song: Awaited<ReturnType<Stage['song']>>): readonly Buffer[] {
  const own = new Set(song.frames.map((frame) => frame.toString('base64')));
  const heard = stage.loopback.heard('ada').map(({ opus }) => opus);
  return heard.filter((packet) => packet.length > 3 && !own.has(packet.toString('base64')));
}

it('changes the sound where it is and back again, and nothing is skipped or heard twice', async () => {
  const stage = await setStage();
  const song = await stage.song('song.webm');
  const clean = await filteredSong();
  await stage.startBot();
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  const plain = () => stage.match('ada', song).matched;
  await ask(ada, 'play', { query: song.url });
  await until('the song', () => plain().length > 100, 20_000);

  expect((await ask(ada, 'filter', { name: 'nightcore' })).content).toBe('On: Nightcore.');
  await until('the filter', () => filtered(stage, song).length > 100, 20_000);
  const leftAtMs = ((plain().at(-1)?.index ?? NaN) + 1) * PACKET_MS;
  const place = placeOf(filtered(stage, song), clean, leftAtMs / TEMPO);
  expect(Math.abs((place ?? NaN) * TEMPO - leftAtMs)).toBeLessThan(EXACT_MS);

  const before = plain().length;
  expect((await ask(ada, 'filter', { name: 'off' })).content).toBe('No filter is on.');
  await until('the song as it is', () => plain().length > before + 50, 20_000);
  const backAtMs = (plain()[before]?.index ?? NaN) * PACKET_MS;
  const passedMs = filtered(stage, song).length * PACKET_MS * TEMPO;
  expect(Math.abs(leftAtMs + passedMs - backAtMs)).toBeLessThan(EXACT_MS);
  // How long the gap is, `npm run bench:media` measures.
  expect(stage.match('ada', song)).toMatchObject({ sequenceFaults: [], timestampFaults: [] });
});

it('has a filter on again where it was killed, and the volume with it', async () => {
  const stage = await setStage();
  const song = await stage.song('song.webm');
  const clean = await filteredSong();
  const env = { ...stage.loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  const first = await startBotProcess(env);
  await ask(ada, 'filter', { name: 'nightcore' });
  await ask(ada, 'play', { query: song.url });
  await until('the filter', () => filtered(stage, song).length > 200, 20_000);
  await ask(ada, 'seek', { to: '10' });
  const since = filtered(stage, song).length;
  await until('the other place', () => filtered(stage, song).length > since + 100, 20_000);
  first.child.kill('SIGKILL');
  await first.ended;
  const heardMs = (filtered(stage, song).length - since) * PACKET_MS * TEMPO;
  const heardBefore = filtered(stage, song).length;

  await startBotProcess(env);
  await until('the song to go on', () => filtered(stage, song).length > heardBefore + 50, 30_000);
  expect((await ask(ada, 'filter')).content).toBe('On: Nightcore.');
  const place = placeOf(filtered(stage, song).slice(heardBefore), clean, (10_000 + heardMs) / TEMPO);
  expect(Math.abs((place ?? NaN) * TEMPO - (10_000 + heardMs))).toBeLessThanOrEqual(1_500);
  await ask(ada, 'volume', { level: 0 });
  const loud = stage.loopback.heard('ada').length;
  await until(
    'silence',
    () =>
      stage.loopback
        .heard('ada')
        .slice(loud + 20)
        .some(({ opus }) => opus.length < 20),
    20_000,
  );
});

it('leaves no process behind, however quickly places and filters follow each other', async () => {
  const stage = await setStage();
  const env = { ...stage.loopback.env, DATA_DIR: stage.dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1' };
  const bot = await Supervised.start('src/main.ts', env, (line) => line.includes('"msg":"ready"'));
  onTestFinished(() => bot.end().then(() => undefined));
  const ada = stage.loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: stage.media.urlOf('song.mp3') });
  await ask(ada, 'play', { query: stage.media.urlOf('song.m4a') });
  await stage.loopback.ears('ada').waitFor(50, 20_000);

  const seeks = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(ada, 'seek', { to: `${n + 5}` })));
  const answers = seeks.map(({ content }) => content);
  expect(answers.filter((answer) => !/^(Going on at 0:|Something else was asked for)/.test(answer))).toEqual([]);
  expect(answers).toContainEqual(expect.stringMatching(/^Going on/));
  await Promise.all(['8d', 'echo', 'pop'].map((name) => ask(ada, 'filter', { name })));
  const children = () => bot.holdings().then((holdings) => holdings['children']);
  const settled = { timeout: 20_000, interval: 200 };
  await expect.poll(children, settled).toBe(1);
  await Promise.all([ask(ada, 'seek', { to: '1' }), ask(ada, 'filter', { name: 'off' }), ask(ada, 'skip')]);
  await expect.poll(children, settled).toBe(1);
  await Promise.all([ask(ada, 'seek', { to: '1' }), ask(ada, 'stop')]);
  await expect.poll(children, settled).toBe(0);
});
