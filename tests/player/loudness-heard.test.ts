import opus from '@discordjs/opus';
import pino from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { levelled } from '../../src/player/levelled.ts';
import { Loudness } from '../../src/player/loudness.ts';
import type { Session } from '../../src/queue/queue.ts';
import { LoudnessMemory } from '../../src/sources/loudness-memory.ts';
import type { Media, Track } from '../../src/sources/source.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { AudioFixture, drain, SECONDS } from './audio-fixture.ts';

const loud = ['-af', 'volume=9dB'];
const sound = new AudioFixture({
  'usual.opus': ['-af', 'volume=-4dB'],
  'loud.opus': loud,
  'loud.mp3': loud,
  'quiet.webm': ['-af', 'volume=-25dB'],
});

const trackOf = (identifier: string): Track => ({
  source: 'library',
  identifier,
  title: identifier,
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: SECONDS * 1_000,
  live: false,
});

let normalise: Session['normalise'] = 'off';
let memory = new LoudnessMemory(new MemoryStore(), async () => null);
beforeEach(() => {
  normalise = 'off';
  memory = new LoudnessMemory(new MemoryStore(), async () => null);
});

function loudnessNow(): Loudness {
  const { relay, subprocesses } = sound;
  return new Loudness({
    memory,
    relay,
    subprocesses,
    ffmpegPath: 'ffmpeg',
    log: pino({ level: 'silent' }),
    patienceMs: 0,
  });
}

const at =
  (media: Media): (() => Promise<Media>) =>
  () =>
    Promise.resolve(media);
const known = async (track: Track) => {
  await expect.poll(() => memory.recall(track), { timeout: 20_000 }).not.toBeNull();
  return await memory.recall(track);
};

describe('what is heard', () => {
  function openerOf(loudness: Loudness) {
    const parts = { locate: () => expect.unreachable(), preload: async () => null, normalise: () => normalise };
    return levelled({ ...parts, loudness, open: (media, _track, options) => sound.open(media, options) });
  }
  const options = () => ({ startMs: 0, volume: 100, filtering: null, signal: sound.life.signal });

  it.each([
    ['loud.opus', 'ogg-opus', 'down', -1],
    ['loud.mp3', 'other', 'down', -1],
    ['usual.opus', 'ogg-opus', 'down', 0],
    ['usual.opus', 'ogg-opus', 'both', 0],
    ['quiet.webm', 'webm-opus', 'down', 0],
    ['quiet.webm', 'webm-opus', 'both', 1],
    ['loud.opus', 'ogg-opus', 'off', 0],
  ] as const)('of %s (%s), normalised %s, is the right number of dB away', async (name, format, mode, direction) => {
    normalise = mode;
    const loudness = loudnessNow();
    const media = sound.onDisk(name, format);
    const track = trackOf(name);
    const plain = await sound.hear(media);
    loudness.learn(track, at(media), sound.life.signal);
    await known(track);
    const lufs = (await loudness.recall(track)) ?? 0;
    const changed = await drain(await openerOf(loudness).open(media, track, options()));
    const wanted = direction === 0 ? 0 : Math.min(6, -14 - lufs);
    expect(Math.sign(wanted)).toBe(direction);
    expect(decibels(changed) - decibels(plain)).toBeCloseTo(wanted, 0);
    const untouched = changed.every((packet, index) => plain[index]?.equals(packet));
    expect(untouched).toBe(direction === 0);
  });

  it('is as recorded the first time, and from the second time on as loud as the others', async () => {
    normalise = 'down';
    const { open } = openerOf(loudnessNow());
    const media = sound.onDisk('loud.opus', 'ogg-opus');
    const track = trackOf('loud');
    const first = await open(media, track, options());
    await known(track);
    first.setVolume(100);
    const plain = await sound.hear(media);
    expect(await drain(first)).toEqual(plain);
    const second = await drain(await open(media, track, options()));
    expect(decibels(second)).toBeLessThan(decibels(plain) - 2);
  });

  it('does not wait for a slow disk, and is right from when that tells', async () => {
    normalise = 'down';
    const told = Promise.withResolvers<number>();
    memory = new LoudnessMemory(new MemoryStore(), () => told.promise);
    const media = sound.onDisk('loud.opus', 'ogg-opus');
    const plain = await sound.hear(media);
    const audio = await openerOf(loudnessNow()).open(media, trackOf('loud'), options());
    const heard: Buffer[] = [];
    for await (const packet of audio.packets) {
      heard.push(packet as Buffer);
      if (heard.length === 100) told.resolve(-8);
      if (heard.length === 100) await settled();
    }
    expect(heard.slice(0, 100)).toEqual(plain.slice(0, 100));
    expect(decibels(heard.slice(110)) - decibels(plain.slice(110))).toBeCloseTo(-6, 0);
  });

  it('changes while it plays when somebody turns it on, and together with the volume', async () => {
    await memory.keep(trackOf('loud'), -8);
    const media = sound.onDisk('loud.opus', 'ogg-opus');
    const plain = await sound.hear(media);
    const audio = await openerOf(loudnessNow()).open(media, trackOf('loud'), options());
    const heard: Buffer[] = [];
    for await (const packet of audio.packets) {
      heard.push(packet as Buffer);
      if (heard.length === 100) normalise = 'down';
      if (heard.length === 100) audio.setVolume(100);
      if (heard.length === 200) audio.setVolume(50);
      if (heard.length === 300) normalise = 'off';
      if (heard.length === 300) audio.setVolume(100);
    }
    expect(heard.slice(0, 100)).toEqual(plain.slice(0, 100));
    const change = (from: number, to: number) => decibels(heard.slice(from, to)) - decibels(plain.slice(from, to));
    expect(change(110, 200)).toBeCloseTo(-6, 0);
    expect(change(210, 300)).toBeCloseTo(-12, 0);
    expect(heard.slice(300)).toEqual(plain.slice(300));
  });
});

/** When all that is already resolved has been told on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Root mean square of both channels, in dB. */
function decibels(packets: readonly Buffer[]): number {
  const decoder = new opus.OpusEncoder(48_000, 2);
  let sum = 0;
  let count = 0;
  for (const packet of packets) {
    const pcm = decoder.decode(packet);
    for (let at = 0; at < pcm.length; at += 2) sum += pcm.readInt16LE(at) ** 2;
    count += pcm.length / 2;
  }
  return 10 * Math.log10(sum / count);
}
