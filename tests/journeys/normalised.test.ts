import { join } from 'node:path';
import opus from '@discordjs/opus';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '../../loopback/until.ts';
import { makeSound, temporaryFolder } from '../sources/sounds.ts';
import { ask, setStage } from './stage.ts';

/** Longer packets than Discord's silence, which fills what a busy machine leaves empty. */
const SILENCE_BYTES = 3;

/** Root mean square of the sound in them, in dB. */
function decibels(packets: readonly { readonly opus: Buffer }[]): number {
  const decoder = new opus.OpusEncoder(48_000, 2);
  const sounds = packets.filter((packet) => packet.opus.length > SILENCE_BYTES);
  const pcm = Buffer.concat(sounds.map((packet) => decoder.decode(packet.opus)));
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
  return 10 * Math.log10(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
}

it('turns a loud track down while it plays, by as much as its tags say, and remembers the wish', async () => {
  const stage = await setStage();
  const { loopback } = stage;
  const music = await temporaryFolder();
  onTestFinished(() => music.remove());
  // As loud as -8 LUFS, by its own word.
  await makeSound(join(music.path, 'thunder.opus'), { seconds: 30, tags: { REPLAYGAIN_TRACK_GAIN: '-10.00 dB' } });
  const settings = { MUSIC_DIR: music.path };
  const first = await stage.startBot(settings);
  const ada = loopback.user('ada');
  ada.join('Lounge');
  const ears = loopback.ears('ada');
  const next = async (count: number) => {
    const from = ears.count;
    await until('more packets', () => ears.count >= from + count, 20_000);
    return ears.from(from, count);
  };

  await ask(ada, 'play', { query: 'thunder' });
  await next(25);
  const plain = decibels(await next(100));
  expect((await ask(ada, 'normalise', { mode: 'down' })).content).toContain('turned down');
  await next(10);
  expect(decibels(await next(100)) - plain).toBeCloseTo(-6, 0);

  await first.stop();
  await stage.startBot(settings);
  // A busy disk may tell a moment after the song has begun.
  const change = async () => decibels(await next(50)) - plain;
  await expect.poll(change, { timeout: 15_000 }).toBeCloseTo(-6, 0);
});
