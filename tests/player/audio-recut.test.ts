import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import opus from '@discordjs/opus';
import { describe, expect, it } from 'vitest';
import { song } from '../../bench/torture/ogg-writer.ts';
import { opusHead } from '../../bench/torture/webm-writer.ts';
import { packetMs } from '../../src/player/audio/opus-packet.ts';
import { UnfitError } from '../../src/player/audio/packet-gate.ts';
import { AudioFixture, drain } from './audio-fixture.ts';
import { oggPackets } from './ogg-pages.ts';
import { heardOf } from './pouring.ts';

const lasting = (ms: number) => ['-c:a', 'libopus', '-frame_duration', String(ms)];
const sound = new AudioFixture({
  '20.opus': [],
  '10.opus': lasting(10),
  '40.opus': lasting(40),
  '60.opus': lasting(60),
});

async function heard(packets: readonly Buffer[], startMs = 0): Promise<readonly Buffer[]> {
  const outcome = await heardOf('ogg-opus', [song(packets)], startMs);
  if (outcome.error instanceof Error) throw outcome.error;
  return outcome.heard;
}

it.each([10, 40, 60])('packets of %i ms in the middle are made into packets of 20 ms that last as long', async (ms) => {
  const usual = oggPackets(sound.bytes('20.opus')).slice(0, 50);
  const others = oggPackets(sound.bytes(`${ms}.opus`)).slice(50, 50 + 1_200 / ms);
  const all = await heard([...usual, ...others, ...usual]);
  expect(all.slice(0, 50)).toEqual(usual);
  expect(all.slice(-50)).toEqual(usual);
  expect(all).toHaveLength(50 + 60 + 50);
  expect(all.every((packet) => packetMs(packet) === 20)).toBe(true);
  expect(loudness(all.slice(60, 105)) / loudness(others)).toBeCloseTo(1, 1);
});

it('a start behind them is counted in time, not in packets', async () => {
  const usual = oggPackets(sound.bytes('20.opus')).slice(0, 50);
  const long = oggPackets(sound.bytes('60.opus')).slice(50, 60);
  expect(await heard([...usual, ...long, ...usual], 1_600)).toEqual(usual);
});

it('one damaged packet does not cost the song', async () => {
  const usual = oggPackets(sound.bytes('20.opus')).slice(0, 50);
  expect(await heard([...usual, Buffer.from([0xff]), Buffer.from([0xff, 0xff, 1]), ...usual])).toEqual([
    ...usual,
    ...usual,
  ]);
});

it.each([10, 40, 60])('a file that begins with packets of %i ms is for ffmpeg', async (ms) => {
  await expect(heard(oggPackets(sound.bytes(`${ms}.opus`)))).rejects.toThrow(UnfitError);
  const audio = await sound.open(sound.onDisk(`${ms}.opus`, 'ogg-opus'));
  expect(audio.passthrough).toBe(false);
  sound.life.abort();
});

describe('a song in the middle of a stream', () => {
  const songs = (gainDb: number, channels = 2, family = 0) => {
    const packets = oggPackets(sound.bytes('20.opus'));
    const [first, second] = [packets.slice(0, 100), packets.slice(100, 300)];
    const head = opusHead(channels, gainDb * 256, family);
    const file = Buffer.concat([song(first), song(second, { serial: 8, head }), song(first, { serial: 9 })]);
    return { first, second, file };
  };

  it.each([-12, 6])(
    'that brings an output gain of %i dB with it is heard at that level, and the next one as it is',
    async (gainDb) => {
      const { first, second, file } = songs(gainDb);
      await writeFile(sound.path('chain.opus'), file);
      const audio = await sound.open(sound.onDisk('chain.opus', 'ogg-opus'), { durationMs: 8_000 });
      expect(audio.passthrough).toBe(true);
      const all = await drain(audio);
      expect(all).toHaveLength(400);
      expect(all.slice(0, 100)).toEqual(first);
      expect(all.slice(300)).toEqual(first);
      const change = loudness(all.slice(110, 290)) / loudness(second.slice(10, 190));
      expect(20 * Math.log10(change)).toBeCloseTo(gainDb, 0);
    },
  );

  it('that brings surround with it is told of as an error, behind all that came before', async () => {
    const { first, file } = songs(0, 6, 1);
    await writeFile(sound.path('chain.opus'), file);
    const audio = await sound.open(sound.onDisk('chain.opus', 'ogg-opus'), { durationMs: 8_000 });
    const some: Buffer[] = [];
    audio.packets.on('data', (packet: Buffer) => void some.push(packet));
    await expect(once(audio.packets, 'end')).rejects.toMatchObject({ code: 'TRACK_UNAVAILABLE' });
    expect(some).toEqual(first);
  });
});

/** Root mean square of the left channel. */
function loudness(packets: readonly Buffer[]): number {
  const decoder = new opus.OpusEncoder(48_000, 2);
  const samples = packets.flatMap((packet) => {
    const pcm = decoder.decode(packet);
    return Array.from({ length: pcm.length / 4 }, (_, index) => pcm.readInt16LE(index * 4));
  });
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
}
