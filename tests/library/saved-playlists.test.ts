import { expect, it } from 'vitest';
import { openLibrary } from '../../src/library/library.ts';
import { KeptPages } from '../../src/library/kept-pages.ts';
import { playlistName } from '../../src/library/playlist-name.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { track } from '../commands/fixtures/music.ts';

const ADA = { userId: 'ada', guildId: 'G' };
const BEN = { userId: 'ben', guildId: 'G' };
const songs = (count: number) => Array.from({ length: count }, (_, n) => track({ title: `${n}`, identifier: `${n}` }));
const library = (store = new MemoryStore()) => openLibrary({ store, strange: () => undefined });

it.each([
  ['  Blue\n Train ', 'Blue Train'],
  ['👍🏽'.repeat(25), '👍🏽'.repeat(25)],
  ['x'.repeat(50), 'x'.repeat(50)],
])('keeps the name %j as %j', (typed, name) => {
  expect(playlistName(typed)).toBe(name);
});

it.each(['', ' \u200b\u202e ', 'x'.repeat(51), 'e\u0301\u0302'.repeat(49).concat('\u0301'.repeat(60))])(
  'takes %j for no name',
  (typed) => {
    expect(() => playlistName(typed)).toThrow('BAD_NAME');
  },
);

it('holds a thousand tracks in a playlist, and says how many it took', async () => {
  const { playlists } = await library();
  expect(await playlists.create(ADA, 'long', songs(1_200))).toMatchObject({ added: 1_000 });
  await expect(playlists.add(ADA, 'long', songs(1))).rejects.toThrow('PLAYLIST_FULL: 1000');
  await playlists.remove(ADA, 'long', 1);
  expect(await playlists.add(ADA, 'long', songs(5))).toMatchObject({ added: 1, playlist: { size: 1_000 } });
});

it('lets a person have fifty playlists, and a thousand favourites beside them', async () => {
  const { playlists, favourites } = await library();
  await favourites.add('ada', track());
  for (let n = 0; n < 50; n += 1) await playlists.create(ADA, `list ${n}`, []);
  await expect(playlists.create(ADA, 'one more', [])).rejects.toThrow('TOO_MANY_PLAYLISTS: 50');
  await playlists.create(BEN, 'one more', []);
  await playlists.delete(ADA, 'list 0');
  await playlists.create(ADA, 'one more', []);
  for (const song of songs(999)) await favourites.add('ada', song);
  await expect(favourites.add('ada', track({ identifier: 'last' }))).rejects.toThrow('FAVOURITES_FULL: 1000');
  expect(await favourites.add('ada', track())).toBe(false);
});

it('shares a playlist in one guild, and means the asker’s own where both have that name', async () => {
  const { playlists } = await library();
  await playlists.create(ADA, 'Party', songs(1));
  await playlists.create(BEN, 'party', songs(2));
  await playlists.share(ADA, 'party', true);
  expect(playlists.visible(ADA)).toMatchObject([{ name: 'Party', shared: true }]);
  expect((await playlists.open(BEN, 'PARTY')).tracks).toHaveLength(2);
  const [, other] = playlists.visible(BEN);
  expect((await playlists.open(BEN, other?.reference ?? '')).tracks).toHaveLength(1);
  expect((await playlists.open({ userId: 'carol', guildId: 'G' }, 'party')).tracks).toHaveLength(1);
  await expect(playlists.open({ userId: 'carol', guildId: 'H' }, 'party')).rejects.toThrow('NO_SUCH_PLAYLIST');
  await expect(playlists.open({ userId: 'ben', guildId: 'H' }, other?.reference ?? '')).rejects.toThrow(
    'NO_SUCH_PLAYLIST',
  );
  // A favourite is nobody else's, and no playlist.
  expect(playlists.visible({ userId: 'carol', guildId: 'G' })).toHaveLength(1);
});

it('suggests favourites before what is in playlists, at most two thousand, from memory alone', async () => {
  const store = new MemoryStore();
  const { playlists, favourites } = await library(store);
  await playlists.create(ADA, 'a', songs(1_000));
  await playlists.create(ADA, 'b', songs(1_000));
  await playlists.create(ADA, 'c', songs(1_000));
  await favourites.add('ada', track({ title: 'mine' }));
  const { ownTracks } = await library(store);
  expect(ownTracks.of('ada')).toEqual([]);
  await expect.poll(() => ownTracks.of('ada').length).toBe(2_000);
  expect(ownTracks.of('ada')[0]?.title).toBe('mine');
  expect(ownTracks.of('ben')).toEqual([]);
});

it('keeps so many tracks in memory, those that were asked for last', () => {
  const kept = new KeptPages(100);
  const pages = [{ id: 0, tracks: songs(40), strange: [] }];
  for (const id of ['a', 'b']) kept.set(id, pages);
  kept.get('a');
  kept.set('c', pages);
  expect(['a', 'b', 'c'].map((id) => kept.get(id)?.length)).toEqual([1, undefined, 1]);
  kept.set('d', [{ id: 0, tracks: songs(101), strange: [] }]);
  expect(['a', 'c', 'd'].map((id) => kept.get(id))).toEqual([undefined, undefined, undefined]);
});
