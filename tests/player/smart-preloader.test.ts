import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SmartPreloader } from '../../src/player/smart-preloader.ts';
import type { QueueEntry } from '../../src/queue/queue.ts';
import type { Track } from '../../src/sources/source.ts';

const MINUTE = 60_000;
const entry = (id: string, durationMs: number | null = null): QueueEntry => ({
  id,
  requestedBy: '1',
  addedAt: 0,
  track: {
    source: 'site',
    identifier: id,
    title: id,
    artist: null,
    link: null,
    thumbnail: null,
    durationMs,
    live: false,
  },
});
const [a, b, c] = [entry('a'), entry('b'), entry('c')];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A preloader, and its work: never done by itself, or at once and good for so long. */
function preloader(lastsMs?: number) {
  const work: { readonly id: string; readonly signal: AbortSignal }[] = [];
  const made = new SmartPreloader(({ identifier: id }: Track, signal) => {
    work.push({ id, signal });
    if (lastsMs !== undefined) return Promise.resolve(Date.now() + lastsMs);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  const asked = () => work.map(({ id }) => id);
  return { made, running: () => work.filter(({ signal }) => !signal.aborted).map(({ id }) => id), asked };
}

it('prepares what comes next, once', () => {
  const { made, asked } = preloader();
  made.prepare([a, b]);
  made.prepare([a, c]);
  expect(asked()).toEqual(['a']);
});

it.each([
  ['one long track', [10, 3, 3, 3], 1],
  ['two of four minutes', [4, 4, 4, 4], 2],
  ['three short ones, and no more', [1, 1, 1, 1], 3],
  ['all that there are', [1, 1], 2],
])('prepares the next minutes of music: %s', (_what, minutes, expected) => {
  const { made, asked } = preloader();
  made.prepare(minutes.map((length, n) => entry(`${n}`, length * MINUTE)));
  expect(asked()).toHaveLength(expected);
});

it('calls off what does not come next any more', () => {
  const { made, running } = preloader();
  made.prepare([a, b]);
  made.prepare([b], c);
  expect(running()).toEqual(['b']);
  made.prepare([], c);
  expect(running()).toEqual([]);
});

it('goes on with what has become the current entry, because it is needed now', () => {
  const { made, running } = preloader();
  made.prepare([a, b]);
  made.prepare([b], a);
  expect(running()).toEqual(['a', 'b']);
});

it('prepares anew what expires before its turn', async () => {
  const { made, asked } = preloader(50 * MINUTE);
  made.prepare([a]);
  await vi.advanceTimersByTimeAsync(49 * MINUTE);
  expect(asked()).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(asked()).toEqual(['a', 'a']);
  made.prepare([], a);
  await vi.advanceTimersByTimeAsync(200 * MINUTE);
  expect(asked()).toEqual(['a', 'a']);
});

it('does not ask again and again for what expires at once', async () => {
  const { made, asked } = preloader(0);
  made.prepare([a]);
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(asked()).toEqual(['a']);
});

it('ends everything when it is closed, and prepares nothing after that', () => {
  const { made, running, asked } = preloader();
  made.prepare([a, b]);
  made.prepare([b], a);
  made.close();
  made.prepare([c]);
  expect(running()).toEqual([]);
  expect(asked()).toHaveLength(2);
});
