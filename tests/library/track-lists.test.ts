import { expect, it } from 'vitest';
import { openLibrary } from '../../src/library/library.ts';
import { track } from '../commands/fixtures/music.ts';
import { FaultyStore } from '../queue/faulty-store.ts';

const ADA = { userId: 'ada', guildId: 'G' };
const songs = (...names: readonly string[]) => names.map((title) => track({ title, identifier: title }));
const many = (count: number) => songs(...Array.from({ length: count }, (_, n) => `song ${n}`));

async function library(store = new FaultyStore()) {
  const strange: string[] = [];
  const opened = await openLibrary({ store, strange: (key) => strange.push(key) });
  const titles = async (name = 'mine') => (await opened.playlists.open(ADA, name)).tracks.map((one) => one.title);
  return { ...opened, store, strange, titles };
}

it('writes one page of fifty tracks and the head for a track that is added or taken out, however long the list is', async () => {
  const { store, playlists } = await library();
  await playlists.create(ADA, 'mine', many(900));
  expect(store.writes.pop()).toHaveLength(19);
  await playlists.add(ADA, 'mine', songs('one more'));
  await playlists.remove(ADA, 'mine', 300);
  expect(store.writes.map((keys) => keys.length)).toEqual([2, 2]);
  const written = await store.inner.getMany(store.writes.flat());
  expect(written.every((value) => JSON.stringify(value).length < 20_000)).toBe(true);
});

it('has after a crash what it had promised, in its order', async () => {
  const { store, playlists, titles } = await library();
  await playlists.create(ADA, 'mine', many(120));
  await playlists.add(ADA, 'mine', songs('last', 'of all'));
  for (let n = 0; n < 60; n += 1) await playlists.remove(ADA, 'mine', 41);
  const before = await titles();
  expect([before.length, before[39], before[40], before.at(-1)]).toEqual([62, 'song 39', 'song 100', 'of all']);
  const again = await library(store.crash());
  expect(await again.titles('MINE')).toEqual(before);
  expect(again.playlists.visible(ADA)).toMatchObject([{ name: 'mine', size: 62, shared: false }]);
  await again.playlists.delete(ADA, 'mine');
  expect([await store.inner.keys('list:'), await store.inner.keys('list-page:')]).toEqual([[], []]);
});

it('changes nothing when the disk refuses, and says so', async () => {
  const { store, playlists, favourites, titles } = await library();
  await playlists.create(ADA, 'mine', songs('a', 'b'));
  store.fault = 'refuse';
  const failed = expect.objectContaining({ code: 'STORAGE_FAILED' });
  await expect(playlists.create(ADA, 'other', songs('c'))).rejects.toEqual(failed);
  await expect(playlists.add(ADA, 'mine', songs('c'))).rejects.toEqual(failed);
  await expect(playlists.remove(ADA, 'mine', 1)).rejects.toEqual(failed);
  await expect(playlists.rename(ADA, 'mine', 'ours')).rejects.toEqual(failed);
  await expect(playlists.share(ADA, 'mine', true)).rejects.toEqual(failed);
  await expect(playlists.delete(ADA, 'mine')).rejects.toEqual(failed);
  await expect(favourites.add('ada', track())).rejects.toEqual(failed);
  store.fault = 'none';
  expect(playlists.visible(ADA)).toMatchObject([{ name: 'mine', size: 2, shared: false }]);
  expect([await titles(), await favourites.tracks('ada')]).toEqual([['a', 'b'], []]);
  expect(await (await library(store.crash())).titles()).toEqual(['a', 'b']);
});

it('goes on from what it knows when a write came through of which the disk said that it did not', async () => {
  const { store, playlists, titles } = await library();
  await playlists.create(ADA, 'mine', songs('a'));
  store.fault = 'write-and-say-no';
  await expect(playlists.add(ADA, 'mine', songs('b'))).rejects.toThrow('STORAGE_FAILED');
  store.fault = 'none';
  await playlists.add(ADA, 'mine', songs('c'));
  expect(await titles()).toEqual(['a', 'c']);
  expect(await (await library(store.crash())).titles()).toEqual(['a', 'c']);
});

it('plays what it understands of a damaged list, and loses nothing of the rest', async () => {
  const first = await library();
  await first.playlists.create(ADA, 'mine', songs('a', 'b', 'c'));
  const { inner } = first.store;
  const [key = ''] = await inner.keys('list-page:');
  const newer = { ...track({ title: 'b' }), source: 'minidisc' };
  await inner.set(key, { version: 1, tracks: [...songs('a'), newer, ...songs('c')] });

  const { playlists, titles, strange, store } = await library(first.store.crash());
  expect([await titles(), strange]).toEqual([['a', 'c'], [key]]);
  // Nothing has taken its place, so it is where it was: a later version may understand it.
  expect(await inner.keys('set-aside:')).toEqual([]);
  store.fault = 'refuse';
  await expect(playlists.add(ADA, 'mine', songs('d'))).rejects.toThrow('STORAGE_FAILED');
  store.fault = 'none';
  await playlists.add(ADA, 'mine', songs('d'));
  const [aside = ''] = await inner.keys('set-aside:');
  expect(await inner.get(aside)).toMatchObject({ value: newer });
  expect(await (await library(store.crash())).titles()).toEqual(['a', 'c', 'd']);
});

it('leaves a head alone that it does not understand, and the other lists load', async () => {
  const first = await library();
  await first.playlists.create(ADA, 'mine', songs('a'));
  await first.store.inner.set('list:ada:strange', { version: 7 });
  const { strange, titles, store } = await library(first.store.crash());
  expect([strange, await titles()]).toEqual([['list:ada:strange'], ['a']]);
  expect(await store.inner.get('list:ada:strange')).toEqual({ version: 7 });
});

it('does two changes at once one after the other', async () => {
  const { store, playlists, favourites, titles } = await library();
  await playlists.create(ADA, 'mine', []);
  store.fault = 'hold';
  const both = Promise.all([playlists.add(ADA, 'mine', songs('a')), playlists.add(ADA, 'mine', songs('b'))]);
  const twice = Promise.all([favourites.add('ben', track()), favourites.add('ben', track())]);
  await expect.poll(() => store.held).toBe(2);
  store.release();
  await both;
  expect([await titles(), await twice]).toEqual([
    ['a', 'b'],
    [true, false],
  ]);
  expect(await favourites.tracks('ben')).toHaveLength(1);
});

it('does not go back to what somebody read who was slower than a change', async () => {
  const first = await library();
  await first.playlists.create(ADA, 'mine', songs('a'));
  const { playlists, store, titles } = await library(first.store.crash());
  const read = store.getMany.bind(store);
  const slow = Promise.withResolvers<void>();
  store.getMany = async <T>(keys: readonly string[]) => {
    store.getMany = read;
    const values = await read<T>(keys);
    await slow.promise;
    return values;
  };
  const before = titles();
  await playlists.add(ADA, 'mine', songs('b'));
  slow.resolve();
  expect([await before, await titles()]).toEqual([['a'], ['a', 'b']]);
});

it('rejects to open what cannot be read: it must not be taken for what was never there', async () => {
  const store = new FaultyStore();
  store.keys = () => Promise.reject(new Error('disk gone'));
  await expect(openLibrary({ store, strange: () => undefined })).rejects.toThrow('disk gone');
});

it('tells that a list cannot be read, and can once the disk answers', async () => {
  const first = await library();
  await first.playlists.create(ADA, 'mine', songs('a'));
  const next = await library(first.store.crash());
  const read = next.store.getMany.bind(next.store);
  next.store.getMany = () => Promise.reject(new Error('disk gone'));
  await expect(next.titles()).rejects.toThrow('STORAGE_UNREAD');
  // What is suggested waits for nothing, and fails for nobody.
  expect(next.ownTracks.of('ada')).toEqual([]);
  next.store.getMany = read;
  expect(await next.titles()).toEqual(['a']);
  expect(next.ownTracks.of('ada').map(({ title }) => title)).toEqual(['a']);
});
