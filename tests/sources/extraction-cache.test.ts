import { describe, expect, it } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { ExtractionCache } from '../../src/sources/extraction-cache.ts';
import { lifetimeMs } from '../../src/sources/link-expiry.ts';
import type { Track } from '../../src/sources/source.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';

const NOW = 1_790_000_000_000;
const SECONDS = NOW / 1_000;
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
const GOOD = media(expiring(60 * MINUTE));

/** A cache with a clock, over a store that forgets nothing by itself. */
function cache(most?: number) {
  const clock = { now: NOW };
  const store = new MemoryStore();
  return { clock, store, made: new ExtractionCache(store, () => clock.now, most) };
}

describe('a link may be used', () => {
  it.each([
    ['until ten minutes before it expires', expiring(60 * MINUTE), 50],
    ['five hours at the most', expiring(24 * 60 * MINUTE), 300],
    ['not at all when it has nearly expired', expiring(5 * MINUTE), 0],
    ['until the expiry in its path', `https://media.example/expire/${SECONDS + 3_600}/x.m3u8`, 50],
    ['until the Expires of CloudFront', `https://media.example/a?Expires=${SECONDS + 3_600}&Signature=x`, 50],
    ['until the exp of Akamai', `https://media.example/a?hdnts=exp=${SECONDS + 3_600}~acl=/*~hmac=x`, 50],
    ['as long as S3 signs for', 'https://media.example/a?X-Amz-Date=20260921T141320Z&X-Amz-Expires=3600', 50],
    ['an hour when it does not say', 'https://media.example/a', 60],
    ['as Discord says in hexadecimal', `https://media.example/a?ex=${(SECONDS + 1_800).toString(16)}&is=1&hm=2`, 20],
    ['an hour when it is not signed', `https://media.example/a?ex=${(SECONDS + 1_800).toString(16)}`, 60],
    ['an hour when it says nonsense', 'https://media.example/a?expire=never', 60],
    ['an hour when a number is no time', 'https://media.example/a?expire=12345678901234567890', 60],
  ])('%s', (_name, url, minutes) => {
    expect(lifetimeMs(new URL(url), NOW) / MINUTE).toBe(minutes);
  });
});

it('gives back what it was told, with its headers, until it is told to forget', async () => {
  const { made } = cache();
  expect(await made.located(track)).toBeNull();
  await made.keepLocated(track, GOOD, NOW + 5_000);
  const kept = { media: GOOD, until: NOW + 50 * MINUTE, availableAt: NOW + 5_000 };
  expect(await made.located(track)).toEqual(kept);
  await made.invalidate(track);
  expect(await made.located(track)).toBeNull();
  expect(made.counts).toEqual({ hit: 1, miss: 2, refused: 0 });
});

it('knows a video by whatever link leads to it, and other pages by their link', async () => {
  const { made } = cache();
  await made.keepLocated(track, GOOD);
  for (const link of [
    'https://youtu.be/x?t=3',
    'https://music.youtube.com/watch?v=x&list=y',
    'https://www.youtube.com/shorts/x',
  ]) {
    expect(await made.located({ ...track, identifier: link }), link).not.toBeNull();
  }
  for (const link of [
    'https://youtu.be/y',
    'https://site.example/watch?v=x',
    'https://www.youtube.com/playlist?list=x',
  ])
    expect(await made.located({ ...track, identifier: link }), link).toBeNull();
});

it('gives back no link that has expired, and keeps none that nearly has', async () => {
  const { clock, store, made } = cache();
  await made.keepLocated(track, media(expiring(MINUTE)));
  expect(await store.keys('')).toEqual([]);
  await made.keepLocated(track, GOOD);
  clock.now += 51 * MINUTE;
  expect(await made.located(track)).toBeNull();
});

it('remembers what is at a page, except what is live', async () => {
  const { made } = cache();
  const page = new URL('https://youtu.be/x');
  await made.keepAbout(page, { ...track, live: true });
  expect(await made.about(page)).toBeNull();
  await made.keepAbout(page, track);
  expect(await made.about(new URL(track.identifier))).toEqual(track);
});

it('remembers a refusal that would be the same for the next one, and no other failure', async () => {
  const { made } = cache();
  const page = track.identifier;
  await made.keepRefusal(page, new TenutoError('SITE_BLOCKED', 'robots'));
  await made.keepRefusal(page, new TypeError('x'));
  await made.assertOpen(page);
  await made.keepRefusal(page, new TenutoError('TRACK_CLOSED', 'it is private'));
  await expect(made.assertOpen(page)).rejects.toMatchObject({ code: 'TRACK_CLOSED', detail: 'it is private' });
  expect(made.counts.refused).toBe(1);
  await made.invalidate(track);
  await made.assertOpen(page);
});

it('holds no more than so much, and lets go of the longest untouched first', async () => {
  const { store, made } = cache(3);
  const at = (n: number) => ({ ...track, identifier: `https://site.example/${n}` });
  for (let n = 0; n < 5; n += 1) await made.keepLocated(at(n), GOOD);
  expect(await store.keys('')).toHaveLength(3);
  expect([await made.located(at(1)), (await made.located(at(2)))?.media]).toEqual([null, GOOD]);
});

it('does without a store that fails or returns what another version wrote', async () => {
  const { store, made } = cache();
  await made.keepLocated(track, GOOD);
  const [key = ''] = await store.keys('extract:');
  await store.set(key, { version: 9 });
  expect(await made.located(track)).toBeNull();
  await store.close();
  expect(await made.located(track)).toBeNull();
  await made.keepLocated(track, GOOD);
  await made.keepRefusal('x', new TenutoError('NOT_AUDIO'));
  await made.assertOpen('x');
  await made.invalidate(track);
});
