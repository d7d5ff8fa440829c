import { expect, it } from 'vitest';
import type { InputFault } from '../../loopback/media/input-faults.ts';
import { until } from '../../loopback/until.ts';
import { ask, setStage } from './stage.ts';

it.each<InputFault>(['dropped every 8 KB', 'stalls twice', '403 after 96 KB'])(
  'a song is heard whole, and nothing twice, although its link is: %s',
  async (fault) => {
    const stage = await setStage({}, 12);
    const song = await stage.song('song.webm');
    const bot = await stage.startBot();
    const ada = stage.loopback.user('ada');
    ada.join('Lounge');
    await ask(ada, 'play', { query: stage.media.permanent(fault, 'song.webm') });
    await until('the end', () => stage.match('ada', song).matched.length === song.frames.length, 40_000);
    const { matched, repeats } = stage.match('ada', song);
    expect(matched.map(({ index }) => index)).toEqual(song.frames.map((_, index) => index));
    expect(repeats).toEqual([]);
    expect(bot.log()).not.toContain('track failed');
  },
);
