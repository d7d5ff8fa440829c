import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openStore } from '../../src/storage/index.ts';

const DAY_MS = 86_400_000;
const TODAY = Date.UTC(2030, 5, 15);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-clock-'));
  vi.useFakeTimers({ toFake: ['Date'], now: TODAY });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

const open = () =>
  openStore(`sqlite:${join(folder, 'tenuto.sqlite')}`, (line) => {
    throw new Error(line);
  });

it.each([
  ['back', -DAY_MS],
  ['on', DAY_MS],
])(
  'loses nothing that was to be kept when the clock is set %s a day, while it runs or between two starts',
  async (_, byMs) => {
    let store = await open();
    await store.set('before', 1);
    vi.setSystemTime(TODAY + byMs);
    await store.set('after', 2);
    await store.set('before', 3);
    expect(await store.getMany(['before', 'after'])).toEqual([3, 2]);
    await store.close();
    vi.setSystemTime(TODAY);
    store = await open();
    expect(await store.getMany(['before', 'after'])).toEqual([3, 2]);
    await store.close();
  },
);

it('forgets nothing too early when the clock is set back a day, and forgets it when its time has come', async () => {
  let store = await open();
  await store.set('for a minute', 1, 60_000);
  vi.setSystemTime(TODAY - DAY_MS);
  expect(await store.get('for a minute')).toBe(1);
  await store.set('also', 2, 60_000);
  await store.close();
  store = await open();
  expect(await store.getMany(['for a minute', 'also'])).toEqual([1, 2]);
  vi.setSystemTime(TODAY - DAY_MS + 60_001);
  expect(await store.getMany(['for a minute', 'also'])).toEqual([1, undefined]);
  vi.setSystemTime(TODAY + 60_001);
  expect(await store.get('for a minute')).toBeUndefined();
  await store.close();
});
