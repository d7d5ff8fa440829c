import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { EnduringStore } from '../../src/storage/enduring-store.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { FaultyStore } from '../queue/faulty-store.ts';
import { anyStep, ids, operationFor } from '../queue/queue-model.ts';

const GUILD = '41771983423143937';
const CRASHES = 25;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const digest = (queue: Queue) =>
  JSON.stringify([
    ids(queue),
    queue.current?.id,
    queue.loop,
    ids({ ...queue, current: null, upcoming: queue.history }),
  ]);

async function loaded(store: Store): Promise<AdvancedQueueManager> {
  const manager = new AdvancedQueueManager({ store });
  await manager.load();
  return manager;
}

/** What a process that starts on a disk in this state finds; the state itself stays as it is. */
async function foundOn(disk: MemoryStore): Promise<string> {
  const keys = await disk.keys('');
  const copy = new MemoryStore();
  const values = await disk.getMany<unknown>(keys);
  await copy.setMany(keys.map((key, index) => ({ key, value: values[index] })));
  return digest((await loaded(copy)).queue(GUILD));
}

/** A disk that takes everything, nothing, or so many writes more; and what people do meanwhile. */
const anyChapter = fc.record({
  disk: fc.constantFrom('well' as const, 'full' as const, 'full-in-the-middle' as const),
  steps: fc.array(anyStep, { maxLength: 150, size: 'max' }),
  waitMs: fc.constantFrom(0, 1_300, 60_000),
});

/** So much on a full disk, with a snapshot among it, that it goes back to the disk in several parts. */
const LONG_STORY = {
  disk: 'full' as const,
  steps: [
    ...Array.from({ length: 3 }, () => ({ type: 'add' as const, count: 700 })),
    ...Array.from({ length: 270 }, (_, index) => ({ type: 'add' as const, count: 1 + (index % 2) })),
  ],
  waitMs: 0,
};

/** A disk that can be full after some more writes. */
class FillingDisk extends FaultyStore {
  left = Infinity;

  override async setMany(entries: readonly { readonly key: string; readonly value: unknown }[]): Promise<void> {
    this.#use();
    await super.setMany(entries);
  }

  override async set(key: string, value: unknown): Promise<void> {
    this.#use();
    await super.set(key, value);
  }

  override async deleteMany(keys: readonly string[]): Promise<void> {
    this.#use();
    await super.deleteMany(keys);
  }

  #use(): void {
    if (this.left === 0) throw new Error('disk full');
    this.left -= 1;
  }
}

it('brings a queue through a full disk whole, and through a crash at any moment of it as it was at some moment since the last saving', async () => {
  const property = fc.asyncProperty(
    fc.array(anyChapter, { minLength: 1, maxLength: 4 }),
    fc.nat(),
    async (chapters, seed) => {
      const disk = new FillingDisk();
      const store = new EnduringStore(disk);
      const manager = await loaded(store);
      store.endure();
      /** Each queue that people were told, and after how many writes it could not be lost any more. */
      const told = [{ state: digest(manager.queue(GUILD)), safeAt: 0 }];
      const noteSafe = () => {
        if (store.saving.status !== 'saved') return;
        for (const one of told) one.safeAt = Math.min(one.safeAt, disk.steps.length);
      };
      let nextId = 0;
      for (const chapter of [...chapters, LONG_STORY]) {
        disk.left = { well: Infinity, full: 0, 'full-in-the-middle': 3 }[chapter.disk];
        for (const step of chapter.steps) {
          const operation = operationFor(step, manager.queue(GUILD), () => nextId++);
          const room = operation.type !== 'add' || operation.entries.length <= manager.room(GUILD);
          if (!room) continue;
          told.push({ state: digest(await manager.apply(GUILD, operation)), safeAt: Infinity });
          noteSafe();
        }
        await vi.advanceTimersByTimeAsync(chapter.waitMs);
        noteSafe();
      }
      disk.left = Infinity;
      const before = disk.writes.length;
      await vi.advanceTimersByTimeAsync(60_000);
      expect(disk.writes.length - before).toBeGreaterThan(3);
      await manager.flush();
      expect([store.saving.status, store.unsaved]).toEqual(['saved', 0]);
      expect(await foundOn(disk.inner)).toBe(told.at(-1)?.state);

      const stride = Math.max(1, Math.floor(disk.steps.length / CRASHES));
      const crashed = new MemoryStore();
      for (const [index, step] of disk.steps.entries()) {
        await step.again(crashed);
        if ((index + seed) % stride !== 0) continue;
        const lastSafe = told.findLastIndex(({ safeAt }) => safeAt <= index + 1);
        const possible = told.slice(lastSafe).map(({ state }) => state);
        expect(possible).toContain(await foundOn(crashed));
      }
    },
  );
  await fc.assert(property, { numRuns: 8, interruptAfterTimeLimit: 30_000 });
});
