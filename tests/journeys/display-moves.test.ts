import { expect, it } from 'vitest';
import type { SeenMessage } from '../../loopback/people.ts';
import { until } from '../../loopback/until.ts';
import { ask, sees, setStage } from './stage.ts';

it('moves the display down when people have talked below it, a minute after it was sent, and never shows two', async () => {
  const stage = await setStage({}, 90);
  const { loopback } = stage;
  const song = await stage.song('song.webm');
  await stage.startBot({ NOW_PLAYING_REFRESH_MS: '1000' });
  const ada = loopback.user('ada');
  ada.join('Lounge');
  await ask(ada, 'play', { query: song.url });
  const displays = () => ada.sees().filter(({ embeds }) => embeds[0]?.author?.name === 'Now playing');
  // Once it is refreshed, the bot knows where it is.
  const known = ({ embeds, editedAt }: SeenMessage) => embeds[0]?.author?.name === 'Now playing' && editedAt !== null;
  const first = await sees(ada, 'the display', known);
  let most = 0;
  const looking = setInterval(() => (most = Math.max(most, displays().length)), 5);
  for (let message = 0; message < 5; message += 1) ada.say(`what a song, ${message}`);

  const moved = () => displays().find(({ id }) => id !== first.id);
  const second = await until('the display to be moved', moved, 100_000);
  expect(ada.sees().at(-1)?.id).toBe(second.id);
  const refreshed = () => displays().some(({ id, editedAt }) => id === second.id && editedAt !== null);
  await until('the display to be refreshed there', refreshed, 20_000);
  clearInterval(looking);
  expect(most).toBe(1);
}, 150_000);
