import { expect, it } from 'vitest';
import { setStage } from './stage.ts';

it.each(['song.webm', 'song.opus'] as const)(
  'plays %s to a listener, every packet as it is in the file',
  async (name) => {
    const stage = await setStage();
    const song = await stage.song(name);
    await stage.startBot();
    const ada = stage.loopback.user('ada');
    ada.join('Lounge');

    const asked = await ada.slash('play', { query: song.url });
    const answer = await asked.answered();
    await stage.loopback.ears('ada').waitFor(150, 20_000);

    expect(answer.content).toContain('Playing');
    const heard = stage.match('ada', song);
    expect(heard).toMatchObject({ firstIndex: 0, exact: true, gaps: [], repeats: [], foreign: [] });
    expect(stage.loopback.heard('ada').every(({ dave }) => dave)).toBe(true);
  },
);
