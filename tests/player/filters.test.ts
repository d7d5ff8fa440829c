import opus from '@discordjs/opus';
import { describe, expect, it } from 'vitest';
import { filteringOf } from '../../src/player/filters.ts';
import { FILTERS, toggling, type Filter, type FilterName } from '../../src/queue/filters.ts';
import { AudioFixture, SECONDS } from './audio-fixture.ts';

const sound = new AudioFixture({ 'song.wav': [], 'mono.mp3': ['-ac', '1'] });

/** Each filter as far down and up as it goes. */
const EXTREMES = Object.entries(FILTERS).flatMap(([name, { amount }]) =>
  (amount === null ? [null] : [amount.least, amount.most]).map((set) => ({ name: name as FilterName, amount: set })),
);
const ON = Object.keys(FILTERS).reduce<readonly Filter[]>((on, name) => toggling(name, null)(on), []);

/** An echo, and the last piece that is too short to be stretched. */
const LAST_MS = 280;

const TEMPOS: Partial<Record<FilterName, (amount: number) => number>> = {
  nightcore: () => 1.25,
  slowed: () => 0.85,
  speed: (percent) => percent / 100,
};

/** Root mean square of what is heard, 0 to 1. */
function loudness(packets: readonly Buffer[]): number {
  const decoder = new opus.OpusEncoder(48_000, 2);
  let [sum, count] = [0, 0];
  for (const packet of packets) {
    const pcm = decoder.decode(packet);
    for (let at = 0; at + 1 < pcm.length; at += 2) {
      sum += (pcm.readInt16LE(at) / 32_768) ** 2;
      count += 1;
    }
  }
  return Math.sqrt(sum / count);
}

describe('every filter is known to ffmpeg, gives sound, and lasts as long as its tempo says', () => {
  it.each(EXTREMES)('$name $amount', async (filter) => {
    const filtering = filteringOf([filter]);
    const tempo = TEMPOS[filter.name]?.(filter.amount ?? 0) ?? 1;
    expect(filtering?.tempo).toBe(tempo);
    const heard = await sound.hear(sound.onDisk('song.wav', 'other'), { filtering });
    expect(Math.abs(heard.length * 20 * tempo - SECONDS * 1_000)).toBeLessThanOrEqual(LAST_MS);
    expect(loudness(heard)).toBeGreaterThan(0.005);
  });

  it('all of them together, and of a song in mono', async () => {
    const filtering = filteringOf(ON);
    for (const name of ['song.wav', 'mono.mp3']) {
      const heard = await sound.hear(sound.onDisk(name, 'other'), { filtering });
      expect(loudness(heard)).toBeGreaterThan(0.001);
    }
  });
});

it('is nothing without filters, and the same in whatever order they were turned on', () => {
  expect(filteringOf([])).toBeNull();
  expect(filteringOf(ON.toReversed())?.chain).toBe(filteringOf(ON)?.chain);
  expect(filteringOf(ON)?.tempo).toBeCloseTo(1.25 * 0.85 * 1.25, 10);
});

it('is made of nothing that ffmpeg could take for another option, filter or file', () => {
  for (const filter of EXTREMES) expect(filteringOf([filter])?.chain).toMatch(/^[a-z0-9_=:,.|*+-]+$/);
});

describe('an end that comes too early', () => {
  it('is told from one that only comes sooner', async () => {
    const half = { filtering: filteringOf([{ name: 'speed', amount: 50 }]), durationMs: SECONDS * 2_000 };
    await expect(sound.hear(sound.onDisk('song.wav', 'other'), half)).rejects.toMatchObject({
      code: 'TRACK_UNAVAILABLE',
    });
  });
});
