import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPECTED } from '../bench/media/expectations.ts';
import { compareSounds, decoded } from '../bench/media/pcm.ts';
import { comparePackets, inWords, isTruncated, shortfalls, type Outcome } from '../bench/media/verdict.ts';
import { INPUT_FAULTS } from '../loopback/media/input-faults.ts';
import { makeFixtures } from '../loopback/media.ts';
import { opusPacketsOf } from '../loopback/opus-files.ts';

const WHOLE: Outcome = { part: 1, replayed: false, foreign: false, ending: 'end', said: '', ms: 1 };

let folder = '';
let song: readonly Buffer[] = [];
let other: readonly Buffer[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-heard-'));
  const fixtures = await makeFixtures(folder, { seconds: 8 });
  song = await opusPacketsOf(fixtures.pathOf('song.opus'));
  other = await opusPacketsOf(fixtures.pathOf('second.webm'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('expects something of every fault, and of nothing else', () => {
  expect(Object.keys(EXPECTED)).toEqual(Object.keys(INPUT_FAULTS));
});

describe('what was heard', () => {
  it('is whole when every packet is there, and a part when the end is missing', () => {
    expect(comparePackets(song, song)).toEqual({ part: 1, replayed: false, foreign: false });
    expect(comparePackets(song.slice(0, song.length / 2), song).part).toBeCloseTo(0.5, 2);
    expect(comparePackets([], song).part).toBe(0);
  });

  it('is replayed when the beginning comes again', () => {
    const heard = comparePackets([...song.slice(0, 200), ...song.slice(0, 200)], song);
    expect(heard.replayed).toBe(true);
    expect(heard.part).toBeLessThan(0.6);
  });

  it('has a hole when something in the middle is missing', () => {
    expect(comparePackets([...song.slice(0, 150), ...song.slice(230)], song)).toMatchObject({
      replayed: false,
      foreign: true,
    });
  });

  it('is foreign when another song goes on', () => {
    expect(comparePackets([...song.slice(0, 200), ...other.slice(200)], song)).toMatchObject({
      replayed: false,
      foreign: true,
    });
  });

  it('is known by ear where the packets are others', () => {
    const [clean, half] = [decoded(song), decoded(song.slice(0, 200))];
    expect(
      compareSounds(
        clean.map((value) => value * 0.5),
        clean,
      ),
    ).toEqual({ part: 1, replayed: false, foreign: false });
    expect(compareSounds(half, clean).part).toBeCloseTo(0.5, 1);
  });
});

describe('a verdict', () => {
  it('says in what an outcome falls short', () => {
    const cut: Outcome = { ...WHOLE, part: 0.4 };
    expect(shortfalls(WHOLE, 'whole')).toEqual([]);
    expect(shortfalls(WHOLE, 'told')).toHaveLength(1);
    expect(shortfalls(cut, 'told')).toEqual(['cut off unnoticed']);
    expect(shortfalls({ ...cut, ending: 'error' }, 'told')).toEqual([]);
    expect(shortfalls({ ...cut, ending: 'error' }, 'whole')).toEqual(['failed at 40 %']);
    expect(shortfalls({ ...cut, ending: 'hang' }, 'told')).toEqual(['hangs']);
    expect(shortfalls({ ...WHOLE, foreign: true }, 'whole')).toEqual(['sound that is not the song']);
    expect(shortfalls({ ...WHOLE, replayed: true, foreign: true }, 'whole')).toEqual(['replays']);
    expect([isTruncated(cut), isTruncated(WHOLE), isTruncated({ ...cut, ending: 'error' })]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is said in a few words', () => {
    expect(inWords(WHOLE)).toBe('whole');
    expect(inWords({ ...WHOLE, part: 0.28 })).toBe('28 %, as if that were all');
    expect(inWords({ ...WHOLE, part: 0.999, ending: 'error', said: 'Gone.' })).toBe('99 %, then: Gone.');
  });
});
