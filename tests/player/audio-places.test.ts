import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { placeOf, soundOfFile } from '../journeys/hearing.ts';
import { sendBytes } from '../sources/media-server.ts';
import { opusPacketsOf } from '../../loopback/ears.ts';
import { AudioFixture } from './audio-fixture.ts';

const words = (line: string) => line.split(' ');
/** A packet, and a frame of MP3, which is as near as an estimate comes there. */
const EXACT_MS = 45;
const LONG_SECONDS = 320;
const NEAR_ITS_END_MS = 310_000;
const LONG = ['long.webm', 'long.opus'] as const;

const served = (name: string): NonNullable<ConstructorParameters<typeof AudioFixture>[1]>[string] => {
  return (request, response) => void readFile(sound.path(name)).then((bytes) => sendBytes(bytes, request, response));
};
const sound = new AudioFixture(
  {
    'constant.mp3': words('-c:a libmp3lame -b:a 128k'),
    'changing.mp3': words('-c:a libmp3lame -q:a 4'),
    'untold.mp3': words('-c:a libmp3lame -b:a 96k -write_xing 0'),
    'song.m4a': [],
    'song.flac': [],
    'song.ogg': words('-c:a libvorbis'),
    'song.webm': [],
  },
  Object.fromEntries(LONG.map((name) => [`/${name}`, served(name)])),
);

beforeAll(async () => {
  const tone = `sine=f=200:b=4:d=${LONG_SECONDS}:r=48000,tremolo=f=0.31:d=0.5`;
  const opus = words('-ac 1 -c:a libopus -b:a 24k -compression_level 0');
  await sound.ffmpeg(['-f', 'lavfi', '-i', tone, ...opus], 'long.webm');
  await sound.ffmpeg(['-i', sound.path('long.webm'), '-c', 'copy'], 'long.opus');
});

/** The arguments of each ffmpeg that was started meanwhile. */
const started = () => {
  const spawn = vi.spyOn(sound.subprocesses, 'spawn');
  return () => spawn.mock.calls.map(([{ args }]) => args.join(' '));
};

describe('begins at the very place', () => {
  it.each([
    ['constant.mp3', 1],
    ['changing.mp3', 2],
    ['untold.mp3', 2],
    ['song.m4a', 1],
    ['song.flac', 1],
    ['song.ogg', 1],
  ] as const)('%s', async (name, tries) => {
    const clean = await soundOfFile(sound.path(name));
    const programs = started();
    const heard = await sound.hear(sound.onWeb(`/${name}`, 'other'), { startMs: 5_300 });
    expect(Math.abs((placeOf(heard, clean, 5_300) ?? NaN) - 5_300)).toBeLessThan(EXACT_MS);
    // An estimate that may be wrong is not believed.
    expect(programs().map((line) => line.includes('fastseek'))).toEqual([true, false].slice(0, tries));
  });

  it('through filters, out of what goes out as it is otherwise', async () => {
    const filtering = { filters: [], chain: 'volume=0.5', tempo: 1 };
    const heard = await sound.hear(sound.onWeb('/song.webm', 'webm-opus'), { startMs: 5_300, filtering });
    const clean = await soundOfFile(sound.path('song.webm'));
    expect(Math.abs((placeOf(heard, clean, 5_300) ?? NaN) - 5_300)).toBeLessThan(EXACT_MS);
  });
});

describe('of a long file reads only what is wanted', () => {
  it.each([
    ['long.webm', 'webm-opus', 0],
    ['long.opus', 'ogg-opus', 1],
  ] as const)('%s', async (name, format, off) => {
    const packets = await opusPacketsOf(sound.path(name));
    const programs = started();
    const options = { startMs: NEAR_ITS_END_MS, durationMs: LONG_SECONDS * 1_000 };
    const audio = await sound.open(sound.onWeb(`/${name}`, format), options);
    const heard: Buffer[] = [];
    for await (const packet of audio.packets) heard.push(packet as Buffer);
    expect(audio.passthrough).toBe(true);
    expect(programs()).toEqual([expect.stringContaining('-c:a copy')]);
    const behind = packets.slice(NEAR_ITS_END_MS / 20 + off);
    expect(heard.map(String)).toEqual(behind.map(String));
  });

  it('or, without ffmpeg, all of it', async () => {
    const packets = await opusPacketsOf(sound.path('long.webm'));
    const options = { startMs: NEAR_ITS_END_MS, durationMs: LONG_SECONDS * 1_000, ffmpegPath: '/nowhere/ffmpeg' };
    const heard = await sound.hear(sound.onWeb('/long.webm', 'webm-opus'), options);
    expect(heard.map(String)).toEqual(packets.slice(NEAR_ITS_END_MS / 20).map(String));
  });
});
