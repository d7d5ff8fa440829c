import { afterEach, expect, it } from 'vitest';
import { sleep } from '../../src/lib/time.ts';
import { ADA, heard, stage, type Stage } from './stage.ts';

const PREPARED_MS = 8;
/** Longer than a frame is on its way. */
const ARRIVED_MS = 200;

let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

it('lets no frame of what was stopped be heard before what comes next', async () => {
  here = await stage();
  const { voice, player, play, join } = here;
  await join();
  play(1_000, 0);
  await voice.ears(ADA).waitFor((all) => heard(all).length >= 20, 20_000);
  // By then the next frame is prepared, and has not left.
  await sleep(PREPARED_MS);
  player.stop(true);
  await sleep(ARRIVED_MS);
  const before = heard(voice.ears(ADA).packets).length;

  play(20, 1);
  const all = await voice.ears(ADA).waitFor((packets) => heard(packets, 1).includes(19), 20_000);
  expect(heard(all)).toHaveLength(before);
  expect(heard(all, 1)).toEqual(Array.from({ length: 20 }, (_, index) => index));
});
