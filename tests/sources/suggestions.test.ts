import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Suggestions } from '../../src/sources/suggestions.ts';
import type { Track } from '../../src/sources/source.ts';
import { track } from '../commands/fixtures/music.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const song = (title: string, artist: string | null = null) => track({ title, artist, identifier: title });
const titles = (tracks: readonly Track[]) => tracks.map(({ title }) => title);

/** Suggestions over a search that finds these for any words, or fails. */
function typing({ finds = [] as readonly Track[], files = [] as readonly Track[], fails = false } = {}) {
  const searched: string[] = [];
  const known = new Map<string, readonly Track[]>();
  const suggestions = new Suggestions({
    known: (words) => known.get(words) ?? null,
    find: async (words) => {
      searched.push(words);
      if (fails) throw new Error('no');
      known.set(words, finds);
      return finds;
    },
    files: () => files,
  });
  const suggest = (words: string, who = 'G ada', heard: readonly Track[] = [], own: readonly Track[] = []) =>
    titles(suggestions.suggest(words, { who, heard, own }));
  const pause = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { suggest, searched, pause, suggestions };
}

describe('somebody who types', () => {
  it('sees at once what their guild has heard, then files, each once', () => {
    const heard = ['Blue Train', 'Red Train', 'Blue Train'].map((title) => song(title));
    const { suggest, searched } = typing({ files: [song('Blue Note'), song('Blue Train')] });
    expect(suggest('', 'G ada', heard)).toEqual(['Blue Train', 'Red Train', 'Blue Note']);
    expect(suggest('blu', 'G ada', heard)).toEqual(['Blue Train', 'Blue Note']);
    expect(suggest('tra red', 'G ada', heard)).toEqual(['Red Train', 'Blue Note', 'Blue Train']);
    expect(searched).toEqual([]);
  });

  it('sees what they have kept behind that, five of it, and the rest has its place', () => {
    const own = Array.from({ length: 2_000 }, (_, n) => song(`Blue ${n}`));
    const { suggest } = typing({ files: [song('Blue Note')] });
    expect(suggest('blu', 'G ada', [song('Blue 2')], own)).toEqual([
      'Blue 2',
      'Blue 0',
      'Blue 1',
      'Blue 3',
      'Blue 4',
      'Blue 5',
      'Blue Note',
    ]);
    expect(suggest('1999', 'G ada', [], own)).toEqual(['Blue 1999', 'Blue Note']);
    expect(suggest('red', 'G ada', [], own)).toEqual(['Blue Note']);
  });

  it('sees what a search has found when they type on, or go back', async () => {
    const { suggest, searched, pause } = typing({ finds: [song('Blue Train'), song('Blue Trane Live', 'Coltrane')] });
    expect(suggest('blue tra')).toEqual([]);
    await pause(300);
    expect(searched).toEqual(['blue tra']);
    expect(suggest('blue tra')).toEqual(['Blue Train', 'Blue Trane Live']);
    expect(suggest('blue tra col')).toEqual(['Blue Trane Live']);
    expect(suggest('red')).toEqual([]);
  });

  it('is not shown what others were looking for, unless they type the very same', async () => {
    const { suggest, pause } = typing({ finds: [song('Blue Train')] });
    suggest('blue train', 'G ada');
    await pause(300);
    expect(suggest('blue', 'G ben')).toEqual([]);
    expect(suggest('blue', 'H ada')).toEqual([]);
    expect(suggest('blue train', 'H ben')).toEqual(['Blue Train']);
  });

  it('gives rise to no search before they pause, nor for a letter or two', async () => {
    const { suggest, searched, pause } = typing();
    for (const words of ['bl', 'blu', 'blue', 'blue t']) {
      suggest(words);
      await pause(299);
    }
    suggest('bl');
    await pause(1_000);
    expect(searched).toEqual([]);
  });

  it('gives rise to few searches, as do all together', async () => {
    const { suggest, searched, pause } = typing();
    for (let n = 0; n < 20; n += 1) {
      suggest(`blue ${n}`);
      await pause(300);
    }
    expect(searched).toHaveLength(3);
    for (let n = 0; n < 20; n += 1) suggest(`red ${n}`, `G ${n}`);
    await pause(300);
    expect(searched.length).toBeLessThanOrEqual(7);
    await pause(60_000);
    suggest('green');
    await pause(300);
    expect(searched.at(-1)).toBe('green');
  });

  it('gives rise to no other search while one is under way, which is given up after ten seconds', async () => {
    const life: AbortSignal[] = [];
    const suggestions = new Suggestions({
      known: () => null,
      find: (_words, signal) => {
        life.push(signal);
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
      files: () => [],
    });
    for (const words of ['blue', 'blue t', 'blue tr']) {
      suggestions.suggest(words, { who: 'G ada', heard: [], own: [] });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(life.map(({ aborted }) => aborted)).toEqual([false]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(life.map(({ aborted }) => aborted)).toEqual([true]);
    suggestions.suggest('blue tra', { who: 'G ada', heard: [], own: [] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(life).toHaveLength(2);
  });

  it('is not troubled by a search that fails, nor after the end', async () => {
    const { suggest, searched, pause, suggestions } = typing({ fails: true });
    suggest('blue');
    await pause(300);
    expect(suggest('blue t')).toEqual([]);
    suggestions.close();
    await pause(1_000);
    expect(searched).toEqual(['blue']);
  });

  it('sees no more than Discord shows', () => {
    const many = Array.from({ length: 40 }, (_, n) => song(`Blue ${n}`));
    expect(typing({ files: many }).suggest('blue', 'G ada', many).length).toBe(25);
  });
});
