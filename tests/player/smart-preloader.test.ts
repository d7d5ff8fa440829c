import { expect, it } from 'vitest';
import { SmartPreloader } from '../../src/player/smart-preloader.ts';
import type { QueueEntry } from '../../src/queue/queue.ts';
import type { Track } from '../../src/sources/source.ts';

const entry = (id: string): QueueEntry => ({
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
    durationMs: null,
    live: false,
  },
});
const [a, b, c] = [entry('a'), entry('b'), entry('c')];

/** A preloader, and its work: never done by itself. */
function preloader() {
  const work: { readonly id: string; readonly signal: AbortSignal }[] = [];
  const made = new SmartPreloader(({ identifier: id }: Track, signal) => {
    work.push({ id, signal });
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  return { made, running: () => work.filter(({ signal }) => !signal.aborted).map(({ id }) => id), work };
}

it('prepares what comes next, once', () => {
  const { made, work } = preloader();
  made.prepare([a, b]);
  made.prepare([a, c]);
  expect(work.map(({ id }) => id)).toEqual(['a']);
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

it('ends everything when it is closed, and prepares nothing after that', () => {
  const { made, running, work } = preloader();
  made.prepare([a, b]);
  made.prepare([b], a);
  made.close();
  made.prepare([c]);
  expect(running()).toEqual([]);
  expect(work).toHaveLength(2);
});
