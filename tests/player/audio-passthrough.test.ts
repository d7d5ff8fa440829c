import opus from '@discordjs/opus';
import { describe, expect, it } from 'vitest';
import { AudioFixture, drain } from './audio-fixture.ts';
import { oggPackets } from './ogg-pages.ts';

const sound = new AudioFixture({ 'song.opus': [], 'song.webm': [] });

describe('Opus files go out as they are', () => {
  it.each([
    ['from a file', () => sound.onDisk('song.opus', 'ogg-opus')],
    ['from the web', () => sound.onWeb('/song.opus', 'ogg-opus')],
  ])('every packet of Ogg, bit by bit and in order, %s', async (_name, media) => {
    const audio = await sound.open(media());
    expect(audio.passthrough).toBe(true);
    const heard = await drain(audio);
    expect(heard).toHaveLength(401);
    expect(Buffer.compare(Buffer.concat(heard), Buffer.concat(oggPackets(sound.bytes('song.opus'))))).toBe(0);
    expect(sound.subprocesses.living).toEqual([]);
  });

  it('every packet of WebM, the last one too, that stands in a BlockGroup', async () => {
    const copied = await sound.ffmpeg(['-i', sound.path('song.webm'), '-c:a', 'copy'], 'copied.opus');
    const audio = await sound.open(sound.onWeb('/song.webm', 'webm-opus'));
    expect(audio.passthrough).toBe(true);
    expect(await drain(audio)).toEqual(oggPackets(copied));
  });

  it.each([0, 20, 3_000, 3_010, 7_980])('begin exactly at %i ms', async (startMs) => {
    const all = oggPackets(sound.bytes('song.opus'));
    expect(await sound.hear(sound.onDisk('song.opus', 'ogg-opus'), { startMs })).toEqual(
      all.slice(Math.round(startMs / 20)),
    );
  });

  it('end at once when they are to begin behind their end', async () => {
    expect(await sound.hear(sound.onDisk('song.opus', 'ogg-opus'), { startMs: 60_000 })).toEqual([]);
  });
});

describe('the volume', () => {
  it('changes while the sound goes on, and leaves packets alone at 100 percent', async () => {
    const original = oggPackets(sound.bytes('song.opus'));
    const audio = await sound.open(sound.onDisk('song.opus', 'ogg-opus'));
    const heard: Buffer[] = [];
    for await (const packet of audio.packets) {
      heard.push(packet as Buffer);
      if (heard.length === 100) audio.setVolume(25);
      if (heard.length === 200) audio.setVolume(100);
    }
    expect(heard).toHaveLength(original.length);
    expect(heard.slice(0, 100)).toEqual(original.slice(0, 100));
    expect(heard.slice(200)).toEqual(original.slice(200));
    expect(loudness(heard.slice(105, 200)) / loudness(original.slice(105, 200))).toBeCloseTo(0.25, 1);
  });

  it('holds from the first packet on', async () => {
    const quiet = await sound.hear(sound.onDisk('song.opus', 'ogg-opus'), { volume: 50 });
    const original = oggPackets(sound.bytes('song.opus'));
    expect(loudness(quiet) / loudness(original)).toBeCloseTo(0.5, 1);
  });
});

/** Root mean square of the left channel. */
function loudness(packets: readonly Buffer[]): number {
  const decoder = new opus.OpusEncoder(48_000, 2);
  let sum = 0;
  let count = 0;
  for (const packet of packets) {
    const pcm = decoder.decode(packet);
    for (let at = 0; at < pcm.length; at += 4) {
      sum += pcm.readInt16LE(at) ** 2;
      count += 1;
    }
  }
  return Math.sqrt(sum / count);
}
