import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import type { Enqueued, PlaylistAdded } from '../../src/player/players.ts';
import { Playlists } from '../../src/player/playlists.ts';
import type { PlaylistChunk, Track } from '../../src/sources/source.ts';
import { entry, track } from '../commands/fixtures/music.ts';
import { chunksOf } from '../sources/playlists.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const songs = (titles: string, unplayable = 0): PlaylistChunk => ({
  tracks: titles.split(' ').map((title) => track({ title })),
  unplayable,
});

/** A queue with so much room, a list of which the end can be kept back, and what is told of it. */
function adding(given: AsyncIterable<PlaylistChunk> | Iterable<PlaylistChunk>, room = Infinity) {
  const playlists = new Playlists();
  const chunks = chunksOf(given);
  const calls: string[] = [];
  const shown: number[] = [];
  let [added, left] = [0, room];
  const door =
    (name: string) =>
    async (tracks: readonly Track[]): Promise<Enqueued> => {
      if (left === 0) throw new TenutoError('QUEUE_FULL', String(room));
      const fitting = tracks.slice(0, left);
      left -= fitting.length;
      calls.push(`${name} ${fitting.map(({ title }) => title).join('')}`);
      return { entries: fitting.map(() => entry(String((added += 1)))), place: name === 'first' ? 3 : 9 };
    };
  const life = new AbortController();
  const result: Promise<PlaylistAdded> = playlists.add(
    {
      id: 'one',
      guildId: 'G',
      voiceChannelId: 'V',
      textChannelId: 'T',
      userId: '42',
      chunks,
      signal: life.signal,
      progress: (soFar) => shown.push(soFar.added),
    },
    {
      wanted: (tracks) => tracks.filter(({ title }) => title !== 'bad'),
      first: door('first'),
      behind: (earlier, tracks) => door(`behind ${earlier.size}:`)(tracks),
    },
  );
  result.catch(() => undefined);
  return { playlists, chunks, calls, shown, life, result };
}

/** Two songs, and then nothing until `end` is called. */
function halting() {
  const halt = Promise.withResolvers<void>();
  const given = (async function* () {
    yield songs('a b');
    await halt.promise;
  })();
  return { given, ...halt };
}

describe('a playlist that becomes known', () => {
  it('is added chunk by chunk, each behind those before it', async () => {
    const { calls, shown, result, chunks } = adding([songs('a'), songs('b c', 2), { tracks: [], unplayable: 1 }]);
    expect(await result).toEqual({ added: 3, place: 3, unplayable: 3, cut: null });
    expect(calls).toEqual(['first a', 'behind 1: bc']);
    expect(shown).toEqual([1, 3, 3]);
    expect(chunks.returned).toBe(true);
  });

  it('leaves out what the guild keeps out, and counts it as not to be played', async () => {
    const { calls, result } = adding([songs('bad a bad'), songs('bad'), songs('b bad', 2)]);
    expect(await result).toEqual({ added: 2, place: 3, unplayable: 6, cut: null });
    expect(calls).toEqual(['first a', 'behind 1: b']);
  });

  it('is cut where there is no more room, and says why', async () => {
    const { calls, result, chunks } = adding([songs('a'), songs('b c d'), songs('e')], 3);
    expect(await result).toMatchObject({ added: 3, cut: { code: 'QUEUE_FULL' } });
    expect(calls).toEqual(['first a', 'behind 1: bc']);
    expect(chunks.returned).toBe(true);
  });

  it.each<[string, (scene: ReturnType<typeof adding>) => void, string]>([
    ['somebody cancels', ({ playlists }) => playlists.cancel('G', 'one'), 'CALLED_OFF'],
    ['the music is ended', ({ playlists }) => playlists.cancelAll('G'), 'CALLED_OFF'],
    ['the bot stops', ({ life }) => life.abort(new TenutoError('STOPPING')), 'STOPPING'],
    ['it takes longer than anybody waits', () => void vi.advanceTimersByTime(600_000), 'TOOK_TOO_LONG'],
  ])('keeps what there is when %s', async (_what, act, code) => {
    const { given, resolve } = halting();
    const scene = adding(given);
    await vi.waitFor(() => expect(scene.shown).toEqual([2]));
    act(scene);
    expect(scene.chunks.returned).toBe(true);
    resolve();
    expect(await scene.result).toMatchObject({ added: 2, cut: { code } });
  });

  it('keeps what there is when it breaks, and passes on what is a bug', async () => {
    const broken = (error: Error) =>
      adding(
        (async function* () {
          yield songs('a b');
          throw error;
        })(),
      ).result;
    const late = new TenutoError('EXTRACTION_TIMED_OUT');
    expect(await broken(late)).toEqual({ added: 2, place: 3, unplayable: 0, cut: late });
    await expect(broken(new TypeError('oh'))).rejects.toMatchObject({ code: 'UNEXPECTED' });
  });

  it.each<[string, readonly PlaylistChunk[], string]>([
    ['is empty', [], 'NOTHING_FOUND'],
    ['has only what cannot be played', [{ tracks: [], unplayable: 4 }], 'NOT_AUDIO'],
  ])('is no success when it %s', async (_what, chunks, code) => {
    await expect(adding(chunks).result).rejects.toMatchObject({ code });
  });

  it('cannot be called off from elsewhere, nor when it is over', async () => {
    const { given, resolve } = halting();
    const { playlists, result, shown } = adding(given);
    await vi.waitFor(() => expect(shown).toEqual([2]));
    expect([playlists.cancel('H', 'one'), playlists.cancel('G', 'two')]).toEqual([false, false]);
    playlists.cancelAll('H');
    resolve();
    expect(await result).toMatchObject({ cut: null });
    expect(playlists.cancel('G', 'one')).toBe(false);
  });
});
