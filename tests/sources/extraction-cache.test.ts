import { describe, expect, it } from 'vitest';
import { ExtractionCache, lifetimeMs } from '../../src/sources/extraction-cache.ts';
import type { Track } from '../../src/sources/source.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';

const NOW = 1_790_000_000_000;
const MINUTE = 60_000;
const track: Track = {
  source: 'youtube',
  identifier: 'https://www.youtube.com/watch?v=x',
  title: 'X',
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: null,
  live: false,
};
const media = (url: string) =>
  ({ kind: 'http', url: new URL(url), headers: { Cookie: 'a' }, format: 'webm-opus' }) as const;
const expiring = (inMs: number) => `https://media.example/a?expire=${(NOW + inMs) / 1_000}`;

describe('a link may be used', () => {
  it.each([
    ['until ten minutes before it expires', expiring(60 * MINUTE), 50 * MINUTE],
    ['five hours at the most', expiring(24 * 60 * MINUTE), 300 * MINUTE],
    ['not at all when it has nearly expired', expiring(5 * MINUTE), 0],
    ['until the expiry in its path', `https://media.example/expire/${NOW / 1_000 + 3_600}/x.m3u8`, 50 * MINUTE],
    ['an hour when it does not say', 'https://media.example/a', 60 * MINUTE],
    ['an hour when it says nonsense', 'https://media.example/a?expire=never', 60 * MINUTE],
  ])('%s', (_name, url, expected) => {
    expect(lifetimeMs(new URL(url), NOW)).toBe(expected);
  });
});

it('gives back what it was told, until it is told to forget', async () => {
  const cache = new ExtractionCache(new MemoryStore(), () => NOW);
  expect(await cache.get(track)).toBeNull();
  await cache.put(track, media(expiring(60 * MINUTE)));
  expect(await cache.get(track)).toEqual(media(expiring(60 * MINUTE)));
  expect(await cache.get({ ...track, source: 'site' })).toBeNull();
  await cache.invalidate(track);
  expect(await cache.get(track)).toBeNull();
});

it('keeps no link that has nearly expired', async () => {
  const store = new MemoryStore();
  await new ExtractionCache(store, () => NOW).put(track, media(expiring(MINUTE)));
  expect(await store.keys('')).toEqual([]);
});

it('does without a store that fails or returns what another version wrote', async () => {
  const store = new MemoryStore();
  const cache = new ExtractionCache(store, () => NOW);
  await cache.put(track, media(expiring(60 * MINUTE)));
  const [key = ''] = await store.keys('media:');
  await store.set(key, { version: 9 });
  expect(await cache.get(track)).toBeNull();
  await store.close();
  expect(await cache.get(track)).toBeNull();
  await cache.put(track, media(expiring(60 * MINUTE)));
  await cache.invalidate(track);
});
