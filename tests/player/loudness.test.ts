import { chmod, readFile, writeFile } from 'node:fs/promises';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { Loudness, type LoudnessParts } from '../../src/player/loudness.ts';
import { LoudnessMemory } from '../../src/sources/loudness-memory.ts';
import type { Media, Track } from '../../src/sources/source.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { AudioFixture, SECONDS } from './audio-fixture.ts';

const sound = new AudioFixture({ 'loud.mp3': ['-af', 'volume=9dB'] });

const trackOf = (identifier: string, more: Partial<Track> = {}): Track => ({
  source: 'library',
  identifier,
  title: identifier,
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: SECONDS * 1_000,
  live: false,
  ...more,
});

let lines: Record<string, unknown>[] = [];
let memory = new LoudnessMemory(new MemoryStore(), async () => null);
let tagged: (track: Track) => number | null = () => null;
beforeEach(() => {
  lines = [];
  tagged = () => null;
  memory = new LoudnessMemory(new MemoryStore(), async (track) => tagged(track));
});

afterEach(() => sound.life.abort());

function loudnessWith(parts: Partial<LoudnessParts> = {}): Loudness {
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  const { relay, subprocesses } = sound;
  return new Loudness({ memory, relay, subprocesses, ffmpegPath: 'ffmpeg', log, patienceMs: 0, ...parts });
}

const at =
  (media: Media): (() => Promise<Media>) =>
  () =>
    Promise.resolve(media);
const known = async (track: Track) => {
  await expect.poll(() => memory.recall(track), { timeout: 20_000 }).not.toBeNull();
  return await memory.recall(track);
};

/** An ffmpeg that writes down each start and then does as the script says. */
async function ffmpegThat(does: string): Promise<{ ffmpegPath: string; starts: () => Promise<number> }> {
  const ffmpegPath = sound.path(`ffmpeg-${Math.random()}`);
  await writeFile(ffmpegPath, `#!/bin/sh\necho started >> '${ffmpegPath}.log'\n${does}\n`);
  await chmod(ffmpegPath, 0o755);
  const starts = async () => (await readFile(`${ffmpegPath}.log`, 'utf8').catch(() => '')).split('\n').length - 1;
  return { ffmpegPath, starts };
}

describe('a track that is not known', () => {
  it.each([
    ['a file', () => sound.onDisk('loud.mp3', 'other')],
    ['a link, through the relay', () => sound.onWeb('/loud.mp3', 'other')],
  ])('is measured once: %s', async (_name, media) => {
    const loudness = loudnessWith();
    const track = trackOf('a');
    expect(await loudness.recall(track)).toBeNull();
    loudness.learn(track, at(media()), sound.life.signal);
    await known(track);
    // What ffmpeg says of the same file when it is asked by hand.
    const args = ['-hide_banner', '-nostats', '-i', sound.path('loud.mp3'), '-af', 'ebur128', '-f', 'null', '-'];
    const { stderr } = await sound.subprocesses.run({ owner: 'test', command: 'ffmpeg', args });
    expect(await loudness.recall(track)).toBe(Number(/I:\s+(-\d+\.\d) LUFS\s+Threshold/.exec(stderr.slice(-800))?.[1]));
    expect(lines).toEqual([]);
  });

  it('is not asked for again when its tags say how loud it is', async () => {
    const { ffmpegPath, starts } = await ffmpegThat('exit 0');
    tagged = () => -9;
    const loudness = loudnessWith({ ffmpegPath });
    expect(await loudness.recall(trackOf('a'))).toBe(-9);
    loudness.learn(trackOf('a'), at(sound.onDisk('loud.mp3', 'other')), sound.life.signal);
    await loudness.recall(trackOf('b'));
    expect(await starts()).toBe(0);
  });

  it.each([
    ['it is live', { live: true }],
    ['it may have no end', { source: 'direct-url', durationMs: null }],
  ] as const)('is left alone where %s', async (_name, more) => {
    const loudness = loudnessWith();
    loudness.learn(trackOf('a', more), () => expect.unreachable('located'), sound.life.signal);
    expect(sound.subprocesses.living).toEqual([]);
  });

  it('waits until the one before it is measured, whoever asks', async () => {
    const { ffmpegPath, starts } = await ffmpegThat('exec sleep 60');
    const loudness = loudnessWith({ ffmpegPath });
    const media = at(sound.onDisk('loud.mp3', 'other'));
    for (const name of ['a', 'b', 'a', 'c']) loudness.learn(trackOf(name), media, sound.life.signal);
    await expect.poll(starts, { timeout: 10_000 }).toBe(1);
    expect(sound.subprocesses.living).toHaveLength(1);
    expect(sound.subprocesses.living[0]?.owner).toBe('loudness');
    sound.life.abort();
    await until('the end', () => sound.subprocesses.living.length === 0, 10_000);
    expect(await starts()).toBe(1);
    expect(lines).toEqual([]);
  });
});

describe('where it cannot be measured', () => {
  it.each([
    ['there is no ffmpeg', () => Promise.resolve({ ffmpegPath: '/nowhere/ffmpeg' })],
    ['ffmpeg was built without the filter', () => ffmpegThat(`echo "No such filter: 'ebur128'" >&2; exit 1`)],
  ])('as %s, that is told once and never tried again', async (_name, parts) => {
    const loudness = loudnessWith(await parts());
    const media = at(sound.onDisk('loud.mp3', 'other'));
    for (const name of ['a', 'b', 'c']) loudness.learn(trackOf(name), media, sound.life.signal);
    await until('a line', () => lines.length > 0, 10_000);
    loudness.learn(trackOf('d'), () => expect.unreachable('located'), sound.life.signal);
    await expect.poll(() => sound.subprocesses.living).toEqual([]);
    expect(lines).toMatchObject([{ level: 40 }]);
  });

  it('as the file is damaged, it is not tried again either', async () => {
    const { ffmpegPath, starts } = await ffmpegThat('echo "Invalid data found" >&2; exit 1');
    const loudness = loudnessWith({ ffmpegPath });
    const track = trackOf('a');
    loudness.learn(track, at(sound.onDisk('loud.mp3', 'other')), sound.life.signal);
    expect(await known(track)).toEqual({ lufs: null });
    loudness.learn(track, () => expect.unreachable('located'), sound.life.signal);
    expect(await loudness.recall(track)).toBeNull();
    expect(await starts()).toBe(1);
  });

  it('as it is not there, nothing is remembered, and one line is for those who look for it', async () => {
    const loudness = loudnessWith();
    loudness.learn(trackOf('a'), () => Promise.reject(new Error('gone')), sound.life.signal);
    await until('a line', () => lines.length > 0, 10_000);
    expect(lines).toMatchObject([{ level: 20 }]);
  });
});

describe('the memory', () => {
  it('forgets what was not asked for the longest when it is full', async () => {
    const store = new MemoryStore();
    memory = new LoudnessMemory(store, async () => null, 2);
    for (const name of ['a', 'b', 'c']) await memory.keep(trackOf(name), -10);
    expect(await store.keys('loudness:')).toHaveLength(2);
    expect([await memory.recall(trackOf('a')), await memory.recall(trackOf('c'))]).toEqual([null, { lufs: -10 }]);
  });

  it('knows nothing when the store is closed, or holds something else', async () => {
    const store = new MemoryStore();
    memory = new LoudnessMemory(store, async () => null);
    await memory.keep(trackOf('a'), -10);
    const [key = ''] = await store.keys('loudness:');
    await store.set(key, { lufs: 'loud' });
    expect(await memory.recall(trackOf('a'))).toBeNull();
    await store.close();
    expect(await memory.recall(trackOf('a'))).toBeNull();
    await memory.keep(trackOf('a'), -10);
  });
});
