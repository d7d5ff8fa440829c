import { expect, it } from 'vitest';
import type { SeenMessage } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { ask, setStage } from './stage.ts';

const SETTINGS = { NOW_PLAYING_REFRESH_MS: '60000' };

/** A bot that plays the first of two songs, and the second in its queue; ada and bob listen, carol does not. */
async function playing() {
  const stage = await setStage();
  const { loopback } = stage;
  const [song, second] = [await stage.song('song.webm'), await stage.song('second.webm')];
  const bot = await stage.startBot(SETTINGS);
  const [ada, bob, carol] = ['ada', 'bob', 'carol'].map((name) => loopback.user(name));
  if (!ada || !bob || !carol) throw new Error('there are not enough people');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  await ask(ada, 'play', { query: second.url });
  return { stage, bot, song, second, ada, bob, carol };
}

const text = ({ content, embeds }: SeenMessage) =>
  [content, ...embeds.map(({ description }) => description)].join('\n');

it('keeps the queue under a name over a restart, and plays it again', async () => {
  const { stage, bot, second, ada } = await playing();
  const saved = await ask(ada, 'playlist save', { name: 'Friday 🎷' });
  expect([saved.ephemeral, saved.content]).toEqual([
    true,
    'Saved 2 tracks as *Friday 🎷*. Only you see it, until you use /playlist share.',
  ]);
  await ask(ada, 'stop');
  await bot.stop();
  await stage.startBot(SETTINGS);

  expect(await ada.autocomplete('playlist load', {}, 'name')).toEqual([
    { name: 'Friday 🎷 (2 tracks)', value: 'Friday 🎷' },
  ]);
  const loaded = await ask(ada, 'playlist load', { name: 'FRIDAY 🎷' });
  expect([loaded.ephemeral, loaded.content]).toEqual([false, 'Added **2 tracks** of *Friday 🎷*.']);
  await ask(ada, 'skip');
  await until('the second song', () => stage.match('ada', second).matched.length > 50, 20_000);
  expect(text(await ask(ada, 'playlist show', { name: 'friday 🎷' }))).toMatch(
    /^\n1\\\. Long Note \(0:30\)\n2\\\. Second Wind \(0:30\)$/,
  );
});
