import { afterEach, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { sleep } from '../../src/lib/time.ts';
import { ADA, BOT, counting, GUILD, heard, SHORT, stage, type Stage } from './stage.ts';

const CLOSES = 20;
const FRAMES_BETWEEN = 8;
const SONG = (CLOSES + 2) * FRAMES_BETWEEN;

let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

/** As many closes as one likes, each answered at once. */
const PATIENT = {
  policy: { ...SHORT.policy, attempts: 10 * CLOSES, capMs: 10 },
  maxResumes: 10 * CLOSES,
};

it.each([1000, 1001, 1006, 1011, 4006, 4009, 4015])(
  'loses and repeats no frame over twenty closes with %i',
  async (code) => {
    const scene = await stage({ options: PATIENT });
    here = scene;
    const { voice } = scene;
    await scene.join();
    scene.play(SONG);
    for (let close = 1; close <= CLOSES; close += 1) {
      await voice.ears(ADA).waitFor((all) => heard(all).length >= close * FRAMES_BETWEEN, 20_000);
      // Packets are heard every 20 ms, so without this no close would come just before the next one leaves.
      await sleep(close % 20);
      await until('an open socket', () => voice.faults.closeVoice(GUILD, BOT, code), 5_000);
    }
    const frames = heard(await voice.ears(ADA).waitFor((all) => heard(all).includes(SONG - 1), 30_000));
    // Late is what had left before the close could arrive. Were it sent while the socket closes too, it would be several each time.
    const { late } = voice.strayDatagrams();
    expect(late).toBeLessThanOrEqual(code < 4_000 || code === 4_015 ? 0 : CLOSES / 2);
    expect(frames).toHaveLength(SONG - late);
    expect(frames).toEqual(counting(0, SONG).filter((index) => frames.includes(index)));
  },
);
