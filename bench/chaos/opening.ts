import { until } from '../../loopback/until.ts';
import type { Scene } from './scene.ts';

const ANSWER_MS = 60_000;
const SONGS_EACH = 3;

/** In every guild people sit down and start music that goes on and on: without any there is nothing to lose. Resolves when all hear it, with what is wrong with that. */
export async function raiseMusic(scene: Scene): Promise<string[]> {
  for (const room of scene.rooms) {
    room.enter();
    for (let song = 0; song < SONGS_EACH; song += 1)
      await room.ask('play', ANSWER_MS, { query: scene.songUrl(room.number + song) });
    await room.ask('loop', ANSWER_MS, { mode: 'queue' });
  }
  const wrong: string[] = [];
  const allHear = () => {
    wrong.push(...scene.rooms.flatMap((room) => room.listen()));
    return scene.rooms.every(({ hearing }) => hearing.frames > 0);
  };
  await until('music in every guild', allHear, ANSWER_MS);
  return wrong;
}
