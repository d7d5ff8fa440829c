import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../../src/storage/store.ts';

/** What every Store promises, whatever is behind it. */
export function storeContract(make: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await make();
  });
  afterEach(async () => {
    await store.close();
  });

  it('gives back what was stored', async () => {
    const value = { title: 'Ünïcode ♫ \u0000 "quotes" :colon', list: [1, null, { deep: true }], empty: '' };
    await store.set('a', value);
    expect(await store.get('a')).toEqual(value);
  });

  it('tells nothing stored from a stored null, false, 0 and empty string', async () => {
    for (const value of [null, false, 0, '']) {
      await store.set('a', value);
      expect(await store.get('a')).toBe(value);
    }
    expect(await store.get('b')).toBeUndefined();
  });

  it('keeps the last value of a key', async () => {
    await store.set('a', 1);
    await store.set('a', 2);
    expect(await store.get('a')).toBe(2);
  });

  it('keeps the last value also when nobody waits in between', async () => {
    const values = Array.from({ length: 50 }, (_, index) => index);
    await Promise.all(values.map((value) => store.set('a', value)));
    expect(await store.get('a')).toBe(49);
  });

  it('keeps the last of writes of different kinds also when nobody waits in between', async () => {
    const set = (value: number) => store.set('a', value);
    const setMany = (value: number) => store.setMany(['a', 'b'].map((key) => ({ key, value })));
    const setFor = (value: number) => store.set('a', value, 60_000);
    const kinds = [set, setMany, setFor, () => store.deleteMany(['a'])];
    for (const first of kinds) {
      for (const last of [set, setMany, setFor]) {
        await Promise.all([first(1), last(2)]);
        expect(await store.get('a')).toBe(2);
      }
      await Promise.all([first(1), store.deleteMany(['a'])]);
      expect(await store.get('a')).toBeUndefined();
    }
  });

  it('answers many keys in their order, with gaps where nothing is', async () => {
    await store.setMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    expect(await store.getMany(['b', 'none', 'a', 'b'])).toEqual([2, undefined, 1, 2]);
    expect(await store.getMany([])).toEqual([]);
  });

  it('stores and reads more entries at once than a statement has parameters', async () => {
    const entries = Array.from({ length: 40_000 }, (_, index) => ({ key: `k:${index}`, value: index }));
    await store.setMany(entries);
    expect(await store.getMany(entries.map(({ key }) => key))).toEqual(entries.map(({ value }) => value));
    await store.deleteMany(entries.map(({ key }) => key));
    expect(await store.keys('k:')).toEqual([]);
  });

  it('stores all or none', async () => {
    await store.set('a', 'old');
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const entries = Array.from({ length: 400 }, (_, index) => ({ key: `k:${index}`, value: index as unknown }));
    await expect(
      store.setMany([{ key: 'a', value: 'new' }, ...entries, { key: 'b', value: circular }]),
    ).rejects.toThrow();
    expect(await store.get('a')).toBe('old');
    expect(await store.keys('k:')).toEqual([]);
  });

  it('stores nothing when asked to store nothing', async () => {
    await store.setMany([]);
    expect(await store.keys('')).toEqual([]);
  });

  it('refuses what JSON cannot hold instead of storing nothing', async () => {
    await expect(store.set('a', undefined)).rejects.toThrow('only JSON');
    expect(await store.keys('')).toEqual([]);
  });

  it('deletes, and does not mind what is not there', async () => {
    await store.set('a', 1);
    await store.set('b', 2);
    await store.deleteMany(['a', 'none']);
    await store.deleteMany([]);
    expect(await store.getMany(['a', 'b'])).toEqual([undefined, 2]);
  });

  it('keeps what is stored right after many keys were deleted', async () => {
    const keys = Array.from({ length: 3_000 }, (_, index) => `k:${index}`);
    await store.setMany(keys.map((key) => ({ key, value: 'old' })));
    await Promise.all([store.deleteMany(keys), store.set('k:2999', 'new')]);
    expect(await store.keys('k:')).toEqual(['k:2999']);
  });

  it('lists the keys that begin with a prefix, and no others', async () => {
    for (const key of [
      'queue:1:head',
      'queue:1:p:♫',
      'queue:12:head',
      'queue',
      'session:1',
      'Queue:1:head',
      'queue:1%',
      'queue_1:',
    ]) {
      await store.set(key, 1);
    }
    expect((await store.keys('queue:1:')).toSorted()).toEqual(['queue:1:head', 'queue:1:p:♫']);
    expect(await store.keys('')).toHaveLength(8);
    expect(await store.keys('queue:%')).toEqual([]);
  });

  it('keeps keys apart whatever they begin with', async () => {
    await store.set('keyv:1', 'a');
    await store.set('1', 'b');
    expect(await store.getMany(['keyv:1', '1'])).toEqual(['a', 'b']);
  });

  it('forgets a value when its time is over', async () => {
    await store.set('a', 1, 20);
    await store.set('b', 1, 60_000);
    await expect.poll(() => store.get('a')).toBeUndefined();
    expect(await store.getMany(['a', 'b'])).toEqual([undefined, 1]);
    expect(await store.keys('')).toEqual(['b']);
  });

  it('never forgets a value that was stored anew without a time', async () => {
    await store.set('a', 'old', 1);
    await store.set('clock', 'old', 1);
    await expect.poll(() => store.get('clock')).toBeUndefined();
    // A read that tidies up what it found expired must not take the new value with it.
    const [, , , found] = await Promise.all([
      store.get('a'),
      store.getMany(['a']),
      store.set('a', 'new'),
      store.get('a'),
    ]);
    expect(['new', undefined]).toContain(found);
    expect(await store.get('a')).toBe('new');
  });

  it('waits for writes under way before it closes', async () => {
    const writes = Array.from({ length: 20 }, (_, index) => store.set(`k:${index}`, index));
    await Promise.all([...writes, store.close()]);
  });

  it('rejects everything after it was closed', async () => {
    await store.close();
    await expect(store.get('a')).rejects.toThrow('closed');
    await expect(store.getMany(['a'])).rejects.toThrow('closed');
    await expect(store.set('a', 1)).rejects.toThrow('closed');
    await expect(store.setMany([{ key: 'a', value: 1 }])).rejects.toThrow('closed');
    await expect(store.deleteMany(['a'])).rejects.toThrow('closed');
    await expect(store.keys('')).rejects.toThrow('closed');
  });
}
