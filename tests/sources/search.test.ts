import { describe, expect, it } from 'vitest';
import { Search } from '../../src/sources/search.ts';
import type { Track } from '../../src/sources/source.ts';
import { track } from '../commands/fixtures/music.ts';

const signal = new AbortController().signal;

function searches(answer: (words: string) => Promise<readonly Track[]> = async (words) => [track({ title: words })]) {
  const asked: string[] = [];
  const clock = { now: 0 };
  const search = new Search({
    ask: (words) => {
      asked.push(words);
      return answer(words);
    },
    now: () => clock.now,
  });
  return { search, asked, clock };
}

describe('a search', () => {
  it('is made once for the same words, however they are written, for ten minutes', async () => {
    const { search, asked, clock } = searches();
    await Promise.all([search.find('Blue Train', { signal }), search.find('blue  train', { signal })]);
    await search.find('BLUE TRAIN', { signal });
    expect(asked).toEqual(['Blue Train']);
    expect(search.known('blue train')).toHaveLength(1);
    expect(search.known('blue')).toBe(null);
    clock.now = 600_000;
    expect(search.known('blue train')).toBe(null);
    await search.find('blue train', { signal });
    expect(asked).toHaveLength(2);
  });

  it('is made again after it failed', async () => {
    const { search, asked } = searches(() => Promise.reject(new Error('no')));
    for (let n = 0; n < 2; n += 1) await expect(search.find('x', { signal })).rejects.toThrow('no');
    expect(asked).toHaveLength(2);
  });

  it('is forgotten when there are many others', async () => {
    const { search } = searches();
    for (let n = 0; n <= 200; n += 1) await search.find(`${n}`, { signal });
    expect([search.known('0'), search.known('1')?.length, search.known('200')?.length]).toEqual([null, 1, 1]);
  });
});
