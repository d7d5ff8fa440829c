import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EnduringStore, type Saving } from '../../src/storage/enduring-store.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { StoreTrouble } from '../../src/storage/store-trouble.ts';
import { storeContract } from '../contracts/store-contract.ts';
import { SickStore } from './fixtures/sick-store.ts';

const NOW = 1_800_000_000_000;

describe('a store that endures, on a disk that works,', () => {
  storeContract(async () => {
    const store = new EnduringStore(new MemoryStore());
    store.endure();
    return store;
  });
});

describe('a store that endures, on a disk that takes nothing,', () => {
  storeContract(async () => {
    const disk = new SickStore();
    const store = new EnduringStore(disk);
    store.endure();
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('first', 1);
    await store.deleteMany(['first']);
    // At its end the disk is well again.
    const close = store.close.bind(store);
    store.close = async () => {
      disk.trouble = null;
      await close();
    };
    return store;
  });
});

describe('a store that endures', () => {
  let disk: SickStore;
  let store: EnduringStore;
  let seen: Saving[];
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    disk = new SickStore();
    store = new EnduringStore(disk);
    store.endure();
    seen = [];
    store.on('change', (saving) => seen.push(saving));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps what the disk does not take, says so once, and shows it to readers', async () => {
    await store.setMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 1 },
    ]);
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('a', 2);
    await store.set('c', { deep: [3] });
    await store.deleteMany(['b']);
    expect(seen).toEqual([{ status: 'unsaved', since: NOW, cause: 'the disk is full' }]);
    expect(await store.getMany(['a', 'b', 'c', 'd'])).toEqual([2, undefined, { deep: [3] }, undefined]);
    expect((await store.keys('')).toSorted()).toEqual(['a', 'c']);
    expect([store.unsaved, store.failures]).toEqual([3, 1]);
    expect(await disk.inner.getMany(['a', 'b', 'c'])).toEqual([1, 1, undefined]);
  });

  it('writes all of it when the disk is well again, and then says so', async () => {
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('a', 1);
    await store.set('b', 2);
    disk.trouble = null;
    await vi.advanceTimersByTimeAsync(1_250);
    expect(seen.map(({ status }) => status)).toEqual(['unsaved', 'saved']);
    expect(store.unsaved).toBe(0);
    expect(await disk.inner.getMany(['a', 'b'])).toEqual([1, 2]);
    await store.set('a', 3);
    expect(await disk.inner.get('a')).toBe(3);
  });

  it('tries again after 1, 2, 4, … at most 30 seconds, and a quarter more', async () => {
    disk.trouble = new StoreTrouble('the disk is full');
    const failures: number[] = [];
    store.on('failed', () => failures.push(Date.now() - NOW));
    await store.set('a', 1);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    const waits = failures.slice(1).map((at, index) => at - (failures[index] ?? 0));
    for (const [index, wait] of waits.entries()) {
      const least = Math.min(1_000 * 2 ** index, 30_000);
      expect(wait).toBeGreaterThanOrEqual(least);
      expect(wait).toBeLessThanOrEqual(least * 1.25);
    }
    expect(waits.length).toBeGreaterThan(15);
    expect(store.failures).toBe(failures.length);
  });

  it('waits two seconds for a write that hangs, and then no more for any', async () => {
    disk.hang();
    const first = store.set('a', 1);
    const second = store.set('b', 2);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(store.saving.status).toBe('saved');
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all([first, second, store.set('c', 3)]);
    expect(seen).toEqual([{ status: 'unsaved', since: NOW + 2_000, cause: 'the database does not answer' }]);
    disk.release();
    await vi.advanceTimersByTimeAsync(1_250);
    expect(store.saving.status).toBe('saved');
    expect(await disk.inner.getMany(['a', 'b', 'c'])).toEqual([1, 2, 3]);
  });

  it('does not let a reader wait for a disk that hangs', async () => {
    await store.set('z', 26);
    disk.hang();
    const written = store.set('a', 1);
    const [read] = await Promise.all([
      store.get('z').catch((error: Error) => error.message),
      vi.advanceTimersByTimeAsync(4_000),
      written,
    ]);
    expect(read).toBe('the database does not answer');
    expect(await store.get('a')).toBe(1);
  });

  it('keeps the later of two writes although only the later reached the disk', async () => {
    disk.hang();
    const both = [store.set('a', 'earlier'), store.set('a', 'later')];
    disk.refuseFirstHeld(new StoreTrouble('the disk is full'));
    await Promise.all(both);
    expect(await store.get('a')).toBe('later');
    await vi.advanceTimersByTimeAsync(1_250);
    expect(await disk.inner.get('a')).toBe('later');
  });

  it('writes values in the order of their last writing, all at once when they are small, and drops last', async () => {
    await store.set('old', 1);
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('first', 1);
    await store.set('head', 1);
    await store.deleteMany(['old']);
    await store.set('page', 1);
    await store.set('head', 2);
    disk.trouble = null;
    disk.writes.length = 0;
    await vi.advanceTimersByTimeAsync(1_250);
    expect(disk.writes).toEqual([['first'], ['page', 'head'], ['old']]);
  });

  it('writes much in parts, so that the audio clock is not stopped', async () => {
    disk.trouble = new StoreTrouble('the disk is full');
    for (let index = 0; index < 100; index += 1) await store.set(`k:${index}`, 'x'.repeat(10_000));
    disk.trouble = null;
    disk.writes.length = 0;
    await vi.advanceTimersByTimeAsync(1_250);
    expect(disk.writes.flat()).toHaveLength(100);
    expect(Math.max(...disk.writes.map(({ length }) => length))).toBe(13);
  });

  it('writes at once what was written at once, however much', async () => {
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('first', 1);
    await store.setMany(Array.from({ length: 50 }, (_, index) => ({ key: `k:${index}`, value: 'x'.repeat(10_000) })));
    disk.trouble = null;
    disk.writes.length = 0;
    await vi.advanceTimersByTimeAsync(1_250);
    expect(disk.writes.map(({ length }) => length)).toEqual([1, 50]);
  });

  it('goes on where it was when the disk fails in the middle of catching up', async () => {
    disk.trouble = new StoreTrouble('the disk is full');
    for (let index = 0; index < 30; index += 1) await store.set(`k:${index}`, 'x'.repeat(10_000));
    disk.failAfter(2, new StoreTrouble('the disk is full'));
    await vi.advanceTimersByTimeAsync(1_250);
    expect([store.saving.status, store.unsaved]).toEqual(['unsaved', 16]);
    expect(await disk.inner.keys('')).toHaveLength(14);
    expect(await store.keys('')).toHaveLength(30);
    disk.trouble = null;
    await vi.advanceTimersByTimeAsync(2_500);
    expect([store.saving.status, await disk.inner.keys('')]).toEqual(['saved', await store.keys('')]);
  });

  it('does not lose what is written while it catches up', async () => {
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('a', 1);
    await store.set('b', 1);
    disk.hang();
    await vi.advanceTimersByTimeAsync(1_250);
    await store.set('a', 2);
    await store.deleteMany(['b']);
    await store.set('c', 2);
    expect(store.saving.status).toBe('unsaved');
    disk.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.saving.status).toBe('saved');
    expect(await disk.inner.getMany(['a', 'b', 'c'])).toEqual([2, undefined, 2]);
  });

  it('forgets in time what was to expire, on the disk too', async () => {
    await store.set('a', 'old');
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('a', 'short', 500);
    await store.set('b', 'long', 60_000);
    expect(await store.getMany(['a', 'b'])).toEqual(['short', 'long']);
    await vi.advanceTimersByTimeAsync(501);
    expect([await store.getMany(['a', 'b']), await store.keys('')]).toEqual([[undefined, 'long'], ['b']]);
    disk.trouble = null;
    await vi.advanceTimersByTimeAsync(1_250);
    expect(await disk.inner.getMany(['a', 'b'])).toEqual([undefined, 'long']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await disk.inner.get('b')).toBeUndefined();
  });

  it('keeps only so much, and refuses the rest without changing anything', async () => {
    store = new EnduringStore(disk, 1_000);
    store.endure();
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('a', 'x'.repeat(900));
    await expect(
      store.setMany([
        { key: 'b', value: 1 },
        { key: 'c', value: 'x'.repeat(200) },
      ]),
    ).rejects.toThrow('too much waits to be saved already');
    expect(await store.keys('')).toEqual(['a']);
    await store.deleteMany(['a']);
    await store.set('c', 'x'.repeat(200));
    expect(await store.keys('')).toEqual(['c']);
  });

  it('refuses what cannot be JSON, on a disk that works and on one that does not', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await expect(store.set('a', circular)).rejects.toThrow('circular');
    expect(store.saving.status).toBe('saved');
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('b', 1);
    await expect(store.set('a', circular)).rejects.toThrow('circular');
    expect(await store.keys('')).toEqual(['b']);
  });

  it('tells people nothing but that the database fails, of a failure that has no words for them', async () => {
    disk.trouble = new Error('SQL logic error: near "x"');
    await store.set('a', 1);
    expect(seen).toEqual([{ status: 'unsaved', since: NOW, cause: 'the database fails' }]);
  });

  it('is strict until it is told to endure', async () => {
    store = new EnduringStore(disk);
    disk.trouble = new StoreTrouble('the disk is full');
    await expect(store.set('a', 1)).rejects.toThrow('the disk is full');
    await expect(store.deleteMany(['a'])).rejects.toThrow('the disk is full');
    expect([store.unsaved, store.saving.status]).toEqual([0, 'strict']);
  });

  it('saves at its end what it can', async () => {
    disk.trouble = new StoreTrouble('the disk is full');
    await store.set('a', 1);
    disk.trouble = null;
    await store.close();
    expect(disk.writes).toEqual([['a']]);
  });

  it('says at its end what is lost, and waits a second at most', async () => {
    disk.trouble = new StoreTrouble('the disk is full');
    await store.setMany(['a', 'b', 'c'].map((key) => ({ key, value: 1 })));
    await expect(store.close()).rejects.toThrow('lost, as they could not be saved (the disk is full): 3 values');
    disk = new SickStore();
    store = new EnduringStore(disk);
    store.endure();
    disk.hang();
    const write = store.set('a', 1);
    await vi.advanceTimersByTimeAsync(2_000);
    await write;
    const [said] = await Promise.all([
      store.close().catch((error: Error) => error.message),
      vi.advanceTimersByTimeAsync(1_000),
    ]);
    expect(said).toBe('lost, as they could not be saved (the database does not answer): 1 values');
    expect(vi.getTimerCount()).toBe(0);
  });
});
