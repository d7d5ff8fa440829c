import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AdvancedQueueManager, type QueueManagerOptions } from '../../src/queue/advanced-queue-manager.ts';
import { applyOperation, type QueueOperation } from '../../src/queue/queue-operations.ts';
import { EMPTY_QUEUE, NEW_SESSION, type Queue, type Session } from '../../src/queue/queue.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { FaultyStore } from './faulty-store.ts';
import { anyStep, entries, entry, ids, operationFor, QueueModel } from './queue-model.ts';

const GUILD = '41771983423143937';
const advance: QueueOperation = { type: 'advance' };
const undo: QueueOperation = { type: 'undo' };
const add = (...names: string[]): QueueOperation => ({ type: 'add', entries: names.map(entry) });

async function opened(store: FaultyStore, options: Omit<QueueManagerOptions, 'store'> = {}) {
  const manager = new AdvancedQueueManager({ store, ...options });
  const problems: unknown[] = [];
  const strange: { key: string; why: string }[] = [];
  manager.on('problem', (what, cause) => problems.push([what, cause]));
  manager.on('set-aside', (record) => strange.push(record));
  await manager.load();
  return { manager, problems, strange };
}

async function copyOf(disk: MemoryStore): Promise<FaultyStore> {
  const copy = new FaultyStore();
  for (const key of await disk.keys('')) await copy.inner.set(key, await disk.get(key));
  return copy;
}

async function refused(change: Promise<unknown>): Promise<void> {
  await expect(change).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
}

/** What a process that starts now would find. */
async function afterCrash(store: FaultyStore) {
  const { manager } = await opened(store);
  return { queue: manager.queue(GUILD), session: manager.session(GUILD), manager };
}

describe('AdvancedQueueManager', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('has an empty queue and a new session for a guild that it does not know', async () => {
    const { manager } = await opened(new FaultyStore());
    expect([manager.queue(GUILD), manager.session(GUILD), manager.guilds()]).toEqual([EMPTY_QUEUE, NEW_SESSION, []]);
  });

  it('finds queue and session again', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    await manager.apply(GUILD, add('a', 'b', 'c'));
    await manager.apply(GUILD, advance);
    await manager.apply(GUILD, { type: 'loop', mode: 'queue' });
    const session: Session = {
      voiceChannelId: '5',
      textChannelId: '6',
      positionMs: 9,
      paused: 'person',
      pausedBy: '7',
      stay: true,
      autoplay: true,
      sponsorblock: true,
      volume: 40,
      normalise: 'both',
      filters: [{ name: 'speed', amount: 150 }],
    };
    await manager.updateSession(GUILD, session);
    await manager.updateSession('2', { volume: 7 });
    const found = await afterCrash(store);
    expect(found.queue).toEqual({
      ...EMPTY_QUEUE,
      current: entry('a'),
      upcoming: [entry('b'), entry('c')],
      loop: 'queue',
    });
    expect(found.session).toEqual(session);
    expect(found.manager.session('2').volume).toBe(7);
    expect(found.manager.guilds().toSorted()).toEqual(['2', GUILD]);
  });

  it('answers with the queue, and tells of each change and its cause once it is durable', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    const seen: unknown[] = [];
    manager.on('change', (guildId, queue, cause) => seen.push([guildId, ids(queue), cause.type]));
    store.fault = 'hold';
    const applied = manager.apply(GUILD, add('a'));
    await expect.poll(() => store.held).toBe(1);
    expect([seen, manager.queue(GUILD)]).toEqual([[], EMPTY_QUEUE]);
    store.release();
    expect(ids(await applied)).toEqual(['a']);
    expect(seen).toEqual([[GUILD, ['a'], 'add']]);
  });

  it('applies operations of a guild in the order of the calls, and guilds side by side', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    store.fault = 'hold';
    const held = [manager.apply(GUILD, add('a')), manager.apply(GUILD, advance), manager.apply(GUILD, add('b', 'c'))];
    await expect.poll(() => store.held).toBe(1);
    store.fault = 'none';
    await manager.apply('2', add('x'));
    expect(manager.queue(GUILD)).toEqual(EMPTY_QUEUE);
    store.release();
    await Promise.all(held);
    expect(manager.queue(GUILD)).toEqual({ ...EMPTY_QUEUE, current: entry('a'), upcoming: [entry('b'), entry('c')] });
  });

  it('changes nothing when the write fails, says so, and goes on when the disk is well again', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    await manager.apply(GUILD, add('a'));
    store.fault = 'refuse';
    await expect(manager.apply(GUILD, add('b'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(manager.updateSession(GUILD, { volume: 1 })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect([ids(manager.queue(GUILD)), manager.session(GUILD).volume]).toEqual([['a'], 100]);
    store.fault = 'none';
    await manager.apply(GUILD, add('c'));
    expect(ids((await afterCrash(store)).queue)).toEqual(['a', 'c']);
  });

  it('does not revive a refused playlist whose parts reached the disk after all', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    await manager.apply(GUILD, add('a'));
    store.fault = 'write-and-say-no';
    await refused(manager.apply(GUILD, { type: 'add', entries: entries(1_800, 'no') }));
    expect(ids((await afterCrash(store)).queue)).toEqual(['a']);
    store.fault = 'none';
    await manager.apply(GUILD, add('b'));
    expect(ids((await afterCrash(store)).queue)).toEqual(['a', 'b']);
  });

  it('takes nothing more before it could take back what it refused', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    await manager.apply(GUILD, add('a'));
    const deleteMany = store.deleteMany.bind(store);
    store.deleteMany = () => Promise.reject(new Error('disk full'));
    store.fault = 'write-and-say-no';
    await refused(manager.apply(GUILD, add('no')));
    store.fault = 'none';
    await refused(manager.apply(GUILD, add('neither')));
    store.deleteMany = deleteMany;
    await manager.apply(GUILD, advance);
    expect(ids((await afterCrash(store)).queue)).toEqual(['a']);
  });

  it('adds a long playlist whole, in records of at most 500 tracks', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    await manager.apply(GUILD, { type: 'add', entries: entries(1_234) });
    expect(store.writes).toEqual([[`queue:${GUILD}:o:1`, `queue:${GUILD}:o:2`, `queue:${GUILD}:o:3`]]);
    expect(ids((await afterCrash(store)).queue)).toEqual(ids({ ...EMPTY_QUEUE, upcoming: entries(1_234) }));
  });

  it('refuses more tracks than the limit, the current one counted, and names it', async () => {
    const { manager } = await opened(new FaultyStore(), { maxTracks: 3 });
    await manager.apply(GUILD, add('a', 'b'));
    await manager.apply(GUILD, advance);
    await manager.apply(GUILD, add('c'));
    await expect(manager.apply(GUILD, add('d'))).rejects.toMatchObject({ code: 'QUEUE_FULL', detail: '3' });
    expect(manager.queue(GUILD).upcoming).toHaveLength(2);
  });

  it('writes one small record for an operation, however long the queue, and now and then only the pages that changed', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store, { maxTracks: 20_000 });
    await manager.apply(GUILD, { type: 'add', entries: entries(10_000) });
    for (let index = 0; index < 256; index += 1) await manager.apply(GUILD, add(`x${index}`));
    await manager.flush();
    store.writes.length = 0;
    for (let index = 0; index < 256; index += 1)
      await manager.apply(GUILD, index % 2 === 0 ? add(`y${index}`) : advance);
    await manager.flush();
    const pages = store.writes.flat().filter((key) => key.includes(':p:'));
    expect(store.writes.flat().filter((key) => key.includes(':o:'))).toHaveLength(256);
    expect(store.writes.flat().filter((key) => key.endsWith(':head'))).toHaveLength(1);
    expect(pages.length).toBeLessThanOrEqual(5);
    expect(ids((await afterCrash(store)).queue)).toEqual(ids(manager.queue(GUILD)));
  });

  it('leaves no rubbish behind after snapshots', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    for (let index = 0; index < 1_024; index += 1)
      await manager.apply(GUILD, index % 3 === 1 ? advance : add(`e${index}`));
    await manager.flush();
    const keys = await store.keys(`queue:${GUILD}:`);
    expect(keys.filter((key) => key.includes(':o:'))).toEqual([]);
    expect(keys.length).toBeLessThan(12);
  });

  it('agrees with a naive model over any operations and crashes, with a disk that fails now and then', async () => {
    const anyAction = fc.oneof(
      { weight: 40, arbitrary: anyStep },
      { weight: 2, arbitrary: fc.constant('crash' as const) },
      { weight: 2, arbitrary: fc.constantFrom('refuse' as const, 'write-and-say-no' as const) },
    );
    const anyActions = fc.array(anyAction, { maxLength: 300, size: 'max' });
    const property = fc.asyncProperty(anyActions, fc.integer({ min: 1, max: 40 }), async (actions, snapshotEvery) => {
      let store = new FaultyStore();
      const model = new QueueModel();
      let { manager } = await opened(store, { snapshotEvery, maxTracks: Infinity });
      let next = 0;
      for (const action of actions) {
        if (action === 'crash') {
          store = store.crash();
          ({ manager } = await opened(store, { snapshotEvery, maxTracks: Infinity }));
        } else if (action === 'refuse' || action === 'write-and-say-no') {
          await manager.flush();
          store.fault = action;
          await refused(manager.apply(GUILD, add(`lost${next++}`, `lost${next++}`)));
          store.fault = 'none';
        } else {
          const operation = operationFor(action, manager.queue(GUILD), () => next++);
          await manager.apply(GUILD, operation);
          model.apply(operation);
        }
        expect(ids(manager.queue(GUILD))).toEqual(ids(model.asQueue()));
      }
      expect(manager.queue(GUILD)).toEqual(model.asQueue());
      expect((await afterCrash(store.crash())).queue).toEqual(model.asQueue());
    });
    await fc.assert(property, { numRuns: 15 });
  });

  it('finds what was promised last, history and undo too, at whatever write the process dies', async () => {
    const anySteps = fc.array(anyStep, { minLength: 20, maxLength: 60, size: 'max' });
    const property = fc.asyncProperty(anySteps, fc.integer({ min: 1, max: 12 }), async (steps, snapshotEvery) => {
      const store = new FaultyStore();
      const { manager } = await opened(store, { snapshotEvery, maxTracks: Infinity });
      const promised: { readonly writes: number; readonly queue: Queue }[] = [{ writes: 0, queue: EMPTY_QUEUE }];
      let next = 0;
      for (const step of steps) {
        const queue = await manager.apply(
          GUILD,
          operationFor(step, manager.queue(GUILD), () => next++),
        );
        promised.push({ writes: store.steps.length, queue });
      }
      await manager.flush();

      const disk = new MemoryStore();
      for (const [index, step] of store.steps.entries()) {
        await step.again(disk);
        const last = promised.findLastIndex(({ writes }) => writes <= index + 1);
        const underWay = promised.slice(last, last + 2).map(({ queue }) => queue);
        const { queue, manager } = await afterCrash(await copyOf(disk));
        expect(underWay).toContainEqual(queue);
        // What comes next goes on from there, and the way back is still open.
        expect(await manager.apply(GUILD, undo)).toEqual(applyOperation(queue, undo));
      }
    });
    await fc.assert(property, { numRuns: 8 });
  });

  it('goes on when a snapshot fails, tells of it, and makes the next one', async () => {
    const store = new FaultyStore();
    const { manager, problems } = await opened(store);
    for (let index = 0; index < 255; index += 1) await manager.apply(GUILD, add(`e${index}`));
    store.fault = 'hold';
    const last = manager.apply(GUILD, add('last'));
    await expect.poll(() => store.held).toBe(1);
    store.release();
    store.fault = 'refuse';
    await last;
    await manager.flush();
    expect(problems).toEqual([['snapshot not written', new Error('disk full')]]);
    store.fault = 'none';
    for (let index = 0; index < 256; index += 1) await manager.apply(GUILD, advance);
    await manager.flush();
    expect(await store.get(`queue:${GUILD}:head`)).toMatchObject({ seq: 512 });
    expect((await afterCrash(store)).queue).toEqual(manager.queue(GUILD));
  });

  it('keeps the pages that undo needs beside those of the new order, and drops them when undo is void', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store, { snapshotEvery: 1 });
    const pagesWritten = async (operation: QueueOperation) => {
      store.writes.length = 0;
      await manager.apply(GUILD, operation);
      await manager.flush();
      return store.writes.flat().filter((key) => key.includes(':p:')).length;
    };
    const pagesKept = async () => (await store.keys(`queue:${GUILD}:p:`)).length;
    const before = [await pagesWritten({ type: 'add', entries: entries(5_000) }), await pagesKept()];
    expect(before).toEqual([40, 40]);
    expect([await pagesWritten({ type: 'shuffle', seed: 1 }), await pagesKept()]).toEqual([40, 80]);
    expect(await pagesWritten(add('x'))).toBe(1);
    expect(await pagesWritten(advance)).toBe(1);
    const { manager: next } = await opened(store, { snapshotEvery: 1 });
    await next.apply(GUILD, undo);
    expect(next.queue(GUILD).upcoming.slice(0, 300)).toEqual(
      entries(301)
        .filter(({ id }) => id !== next.queue(GUILD).current?.id)
        .slice(0, 300),
    );
    await next.flush();
    expect(await pagesKept()).toBeLessThanOrEqual(42);
  });

  it('adds a long playlist at its place, whole and in order, and starts its first track when asked to', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    await manager.apply(GUILD, add('x', 'y', 'z'));
    await manager.apply(GUILD, { type: 'add', entries: entries(1_200), at: 1 });
    const expected = ['x', ...entries(1_200).map(({ id }) => id), 'y', 'z'];
    expect(ids(manager.queue(GUILD))).toEqual(expected);
    expect(ids((await afterCrash(store)).queue)).toEqual(expected);
    await manager.apply('2', { type: 'add', entries: entries(1_200), at: 0, start: true });
    expect(manager.queue('2').current?.id).toBe('e0');
    expect(ids(manager.queue('2'))).toEqual(entries(1_200).map(({ id }) => id));
  });

  it('writes nothing for what changes nothing, and tells nobody', async () => {
    const store = new FaultyStore();
    const { manager } = await opened(store);
    await manager.apply(GUILD, add('a', 'b'));
    store.writes.length = 0;
    manager.on('change', () => expect.unreachable());
    const nothing: QueueOperation[] = [
      { type: 'remove', entryIds: ['gone'] },
      undo,
      { type: 'previous' },
      { type: 'replay' },
      { type: 'loop', mode: 'off' },
    ];
    for (const operation of nothing) expect(ids(await manager.apply(GUILD, operation))).toEqual(['a', 'b']);
    expect(store.writes).toEqual([]);
  });

  describe('limits', () => {
    const by = (requestedBy: string, ...names: string[]): QueueOperation => ({
      type: 'add',
      entries: names.map((name) => ({ ...entry(name), requestedBy })),
    });

    it('of one user are none for autoplay, which asks for nobody', async () => {
      const { manager } = await opened(new FaultyStore(), { maxTracks: 3, maxTracksPerUser: 1 });
      await manager.apply(GUILD, by('autoplay', 'a', 'b', 'c'));
      await expect(manager.apply(GUILD, by('autoplay', 'd'))).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    });

    it('are fewer in a guild that wants so, and never more than the operator allows', async () => {
      const limits: Readonly<Record<string, number>> = { few: 1, many: 9 };
      const guildLimitPerUser = (guildId: string) => limits[guildId] ?? null;
      const { manager } = await opened(new FaultyStore(), { maxTracks: 5, maxTracksPerUser: 3, guildLimitPerUser });
      expect(['few', 'many', 'G'].map((guildId) => manager.room(guildId, 'ada'))).toEqual([1, 3, 3]);
      await expect(manager.apply('few', by('ada', 'a', 'b'))).rejects.toMatchObject({
        code: 'YOUR_LIMIT',
        detail: '1',
      });
    });

    it('are also those of one user, the current track counted, and the smaller one holds', async () => {
      const { manager } = await opened(new FaultyStore(), { maxTracks: 5, maxTracksPerUser: 3 });
      await manager.apply(GUILD, by('ada', 'a', 'b'));
      await manager.apply(GUILD, advance);
      expect([manager.room(GUILD), manager.room(GUILD, 'ada'), manager.room(GUILD, 'bob')]).toEqual([3, 1, 3]);
      await expect(manager.apply(GUILD, by('ada', 'c', 'd'))).rejects.toMatchObject({
        code: 'YOUR_LIMIT',
        detail: '3',
      });
      await manager.apply(GUILD, by('bob', 'e', 'f'));
      expect([manager.room(GUILD), manager.room(GUILD, 'ada'), manager.room(GUILD, 'bob')]).toEqual([1, 1, 1]);
      await manager.apply(GUILD, by('ada', 'g'));
      await expect(manager.apply(GUILD, by('bob', 'h'))).rejects.toMatchObject({ code: 'QUEUE_FULL', detail: '5' });
    });

    it('cannot be got round by clearing, filling and undoing in turns', async () => {
      const { manager } = await opened(new FaultyStore(), { maxTracks: 3 });
      await manager.apply(GUILD, add('a', 'b'));
      await manager.apply(GUILD, { type: 'clear' });
      await manager.apply(GUILD, add('c', 'd'));
      await expect(manager.apply(GUILD, undo)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
      await manager.apply(GUILD, { type: 'remove', entryIds: ['c'] });
      await manager.apply(GUILD, undo);
      expect(ids(manager.queue(GUILD))).toEqual(['c', 'd']);
    });

    it('of one user neither, whoever undoes it', async () => {
      const { manager } = await opened(new FaultyStore(), { maxTracks: 9, maxTracksPerUser: 2 });
      await manager.apply(GUILD, by('ada', 'a', 'b'));
      await manager.apply(GUILD, by('bob', 'c'));
      await manager.apply(GUILD, { type: 'clear' });
      await manager.apply(GUILD, by('ada', 'd'));
      await expect(manager.apply(GUILD, undo)).rejects.toMatchObject({ code: 'UNDO_LIMIT', detail: '2' });
      await manager.apply(GUILD, { type: 'advance' });
      await manager.apply(GUILD, { type: 'skip', amount: 1 });
      await manager.apply(GUILD, undo);
      expect(ids(manager.queue(GUILD))).toEqual(['a', 'b', 'c']);
    });
  });

  describe('position', () => {
    it('goes with what people do, however slow the disk was before', async () => {
      const store = new FaultyStore();
      const { manager } = await opened(store, { positionEveryMs: 60_000 });
      await manager.apply(GUILD, { type: 'add', entries: [entry('a')], start: true });
      manager.notePosition(GUILD, 'a', 2_500);
      await manager.apply(GUILD, add('b'));
      expect((await afterCrash(store)).session.positionMs).toBe(2_500);
      manager.notePosition(GUILD, 'a', 3_000);
      await manager.apply(GUILD, { type: 'replay' });
      expect((await afterCrash(store)).session.positionMs).toBe(0);
    });

    it('is written less often on a slow disk, yet every five seconds', async () => {
      vi.useFakeTimers();
      const store = new FaultyStore();
      const { manager } = await opened(store, { positionEveryMs: 500 });
      await manager.apply(GUILD, { type: 'add', entries: [entry('a')], start: true });
      const written: number[] = [];
      const playUntil = async (endMs: number, diskMs: number) => {
        for (let now = manager.session(GUILD).positionMs; now < endMs; now += 100) {
          manager.notePosition(GUILD, 'a', now + 100);
          store.fault = 'hold';
          await vi.advanceTimersByTimeAsync(100);
          if (store.held > 0) {
            written.push(now + 100);
            await vi.advanceTimersByTimeAsync(diskMs);
            store.release();
          }
        }
      };
      await playUntil(2_000, 0);
      expect(written.length).toBeGreaterThanOrEqual(3);
      written.length = 0;
      await playUntil(30_000, 3_000);
      expect(written.length).toBeGreaterThanOrEqual(5);
      expect(written.length).toBeLessThan(9);
    });

    it('is written also when nothing is noted after it, whether a write was under way or failed', async () => {
      vi.useFakeTimers();
      const store = new FaultyStore();
      const { manager } = await opened(store, { positionEveryMs: 500 });
      await manager.apply(GUILD, { type: 'add', entries: [entry('a')], start: true });
      store.fault = 'hold';
      manager.notePosition(GUILD, 'a', 100);
      await vi.advanceTimersByTimeAsync(500);
      manager.notePosition(GUILD, 'a', 600);
      store.release();
      await vi.advanceTimersByTimeAsync(500);
      expect((await afterCrash(store)).session.positionMs).toBe(600);
      store.fault = 'refuse';
      manager.notePosition(GUILD, 'a', 1_100);
      await vi.advanceTimersByTimeAsync(500);
      store.fault = 'none';
      await vi.advanceTimersByTimeAsync(5_000);
      expect((await afterCrash(store)).session.positionMs).toBe(1_100);
    });

    it('does not care what time it is', async () => {
      vi.useFakeTimers({ now: Date.UTC(2026, 10, 21) });
      const store = new FaultyStore();
      const { manager } = await opened(store, { positionEveryMs: 500 });
      await manager.apply(GUILD, { type: 'add', entries: entries(3), start: true });
      manager.notePosition(GUILD, 'e0', 1_000);
      vi.setSystemTime(Date.UTC(2026, 10, 20));
      manager.notePosition(GUILD, 'e0', 1_020);
      await vi.advanceTimersByTimeAsync(520);
      await manager.apply(GUILD, { type: 'remove', entryIds: ['e1'] });
      const { queue, session } = await afterCrash(store);
      expect([ids(queue), session.positionMs]).toEqual([['e0', 'e2'], 1_020]);
    });

    it('is written together for all guilds, at most once in a while, and the latest on flush', async () => {
      vi.useFakeTimers();
      const store = new FaultyStore();
      const { manager } = await opened(store, { positionEveryMs: 1_000 });
      for (const guildId of ['1', '2', '3']) {
        await manager.apply(guildId, add('a'));
        await manager.apply(guildId, advance);
      }
      store.writes.length = 0;
      for (let positionMs = 20; positionMs <= 2_100; positionMs += 20) {
        for (const guildId of ['1', '2', '3']) manager.notePosition(guildId, 'a', positionMs);
        await vi.advanceTimersByTimeAsync(20);
      }
      const together = ['position:1', 'position:2', 'position:3'];
      expect(store.writes).toEqual([together, together]);
      manager.notePosition('1', 'a', 12_345.6);
      await manager.flush();
      const { manager: next } = await afterCrash(store);
      expect([next.session('1').positionMs, next.session('2').positionMs]).toEqual([12_346, 2_100]);
    });

    it('belongs to the entry it was noted for', async () => {
      const store = new FaultyStore();
      const { manager } = await opened(store);
      await manager.apply(GUILD, add('a', 'b'));
      await manager.apply(GUILD, advance);
      manager.notePosition(GUILD, 'b', 5);
      expect(manager.session(GUILD).positionMs).toBe(0);
      manager.notePosition(GUILD, 'a', 60_000);
      await manager.flush();
      expect((await afterCrash(store)).session.positionMs).toBe(60_000);
      await manager.apply(GUILD, { type: 'skip', amount: 1 });
      expect(manager.session(GUILD).positionMs).toBe(0);
      expect((await afterCrash(store)).session.positionMs).toBe(0);
    });

    it('begins anew when a looped track starts again', async () => {
      const store = new FaultyStore();
      const { manager } = await opened(store);
      await manager.apply(GUILD, add('a'));
      await manager.apply(GUILD, advance);
      await manager.apply(GUILD, { type: 'loop', mode: 'track' });
      manager.notePosition(GUILD, 'a', 179_000);
      await manager.flush();
      await manager.apply(GUILD, advance);
      expect((await afterCrash(store)).session.positionMs).toBe(0);
    });

    it('outlives changes that start nothing', async () => {
      const store = new FaultyStore();
      const { manager } = await opened(store);
      await manager.apply(GUILD, add('a'));
      await manager.apply(GUILD, advance);
      await manager.updateSession(GUILD, { paused: 'person', positionMs: 1_500 });
      for (let index = 0; index < 300; index += 1) await manager.apply(GUILD, add(`e${index}`));
      await manager.apply(GUILD, { type: 'shuffle', seed: 1 });
      await manager.flush();
      expect((await afterCrash(store)).session).toMatchObject({ paused: 'person', positionMs: 1_500 });
    });

    it('is that of a change of the session, however old the one that is written right after it', async () => {
      vi.useFakeTimers();
      const store = new FaultyStore();
      const { manager } = await opened(store, { positionEveryMs: 1_000 });
      await manager.apply(GUILD, add('a'));
      await manager.apply(GUILD, advance);
      manager.notePosition(GUILD, 'a', 1_760);
      store.fault = 'hold';
      const paused = manager.updateSession(GUILD, { paused: 'person', positionMs: 2_020 });
      await vi.advanceTimersByTimeAsync(1_000);
      expect(store.held).toBe(2);
      store.release();
      await paused;
      expect((await afterCrash(store)).session).toMatchObject({ paused: 'person', positionMs: 2_020 });
    });

    it('is tried again when it could not be written', async () => {
      vi.useFakeTimers();
      const store = new FaultyStore();
      const { manager, problems } = await opened(store, { positionEveryMs: 1_000 });
      await manager.apply(GUILD, add('a'));
      await manager.apply(GUILD, advance);
      store.fault = 'refuse';
      manager.notePosition(GUILD, 'a', 1_000);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(problems).toEqual([['positions not saved', new Error('disk full')]]);
      await expect(manager.flush()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      store.fault = 'none';
      await manager.flush();
      expect((await afterCrash(store)).session.positionMs).toBe(1_000);
    });
  });

  describe('records that cannot be understood', () => {
    const filled = async () => {
      const store = new FaultyStore();
      const { manager } = await opened(store);
      await manager.apply(GUILD, add('a', 'b'));
      await manager.apply(GUILD, advance);
      for (let index = 0; index < 254; index += 1) await manager.apply(GUILD, add(`e${index}`));
      await manager.flush();
      await manager.apply(GUILD, add('y', 'z'));
      await manager.apply(GUILD, { type: 'remove', entryIds: ['e0'] });
      await manager.updateSession(GUILD, { volume: 33 });
      return { store, whole: ids(manager.queue(GUILD)) };
    };
    const key = (name: string) => `queue:${GUILD}:${name}`;

    it('do not take the rest with them: a track in a page', async () => {
      const { store, whole } = await filled();
      const page = await store.get<{ entries: object[] }>(key('p:1'));
      page?.entries.splice(0, 1, { id: 'b', track: { source: 'gramophone' } });
      await store.inner.set(key('p:1'), page);
      const { manager, strange } = await opened(store);
      expect(ids(manager.queue(GUILD))).toEqual(whole.filter((id) => id !== 'b'));
      expect(strange).toMatchObject([{ key: key('p:1'), why: 'tracks in it cannot be read' }]);
      const [aside = ''] = await store.keys('set-aside:');
      expect(await store.get(aside)).toMatchObject({
        value: { entries: expect.arrayContaining([expect.objectContaining({ id: 'b' })]) },
      });
      const again = await opened(store);
      expect([again.strange, ids(again.manager.queue(GUILD))]).toEqual([[], ids(manager.queue(GUILD))]);
    });

    it('do not take the rest with them: a track of an operation, a whole operation, a missing page', async () => {
      const { store, whole } = await filled();
      await store.inner.set(key('o:257'), { version: 1, operation: { type: 'add', entries: [null, entry('z')] } });
      await store.inner.set(key('o:258'), { version: 1, operation: { type: 'juggle' } });
      await store.inner.deleteMany([key('p:2')]);
      const { manager, strange } = await opened(store);
      const found = ids(manager.queue(GUILD));
      expect(found).toEqual([...whole.slice(0, 1), 'b', 'e0', ...whole.slice(2, 128), 'z']);
      expect(strange.map(({ key }) => key.slice(key.lastIndexOf(GUILD) + GUILD.length + 1))).toEqual([
        'p:2',
        'o:257',
        'o:258',
      ]);
      expect(await store.keys('set-aside:')).toHaveLength(3);
      await manager.apply(GUILD, add('after'));
      expect(ids((await afterCrash(store)).queue)).toEqual([...found, 'after']);
    });

    it('do not take the rest with them: the current track', async () => {
      const { store, whole } = await filled();
      await store.inner.set(key('head'), { ...(await store.get<object>(key('head'))), current: { id: 7 } });
      const { manager, strange } = await opened(store);
      expect([manager.queue(GUILD).current, ids(manager.queue(GUILD))]).toEqual([null, whole.slice(1)]);
      expect(strange).toHaveLength(1);
    });

    it.each([
      { version: 99, seq: 3 },
      'nonsense',
      null,
      { version: 1, seq: -1, turn: 0, pages: [], current: null, loop: 'off' },
    ])('are all kept aside when it is the head, and the guild begins anew: %o', async (head) => {
      const { store } = await filled();
      const before = await store.keys(key(''));
      await store.inner.set(key('head'), head);
      const { manager, strange } = await opened(store);
      expect([manager.queue(GUILD), manager.session(GUILD).volume]).toEqual([EMPTY_QUEUE, 33]);
      expect(strange).toHaveLength(before.length);
      expect(await store.keys('set-aside:')).toHaveLength(before.length);
      await manager.apply(GUILD, add('a'));
      expect(ids((await afterCrash(store)).queue)).toEqual(['a']);
    });

    it('cost the session only what it was, and no queue', async () => {
      const { store, whole } = await filled();
      await store.inner.set(`session:${GUILD}`, { version: 1, volume: 'loud' });
      const { manager, strange } = await opened(store);
      expect([ids(manager.queue(GUILD)), manager.session(GUILD)]).toEqual([whole, NEW_SESSION]);
      expect(strange).toHaveLength(1);
      await manager.updateSession(GUILD, { volume: 5 });
      expect((await opened(store)).strange).toEqual([]);
    });

    it('are not guessed at after a gap', async () => {
      const { store } = await filled();
      await store.inner.deleteMany([key('o:257')]);
      const { manager, strange } = await opened(store);
      expect(manager.queue(GUILD).upcoming.at(-1)?.id).toBe('e253');
      expect(strange).toMatchObject([{ key: key('o:258'), why: 'an operation before it is missing' }]);
      await manager.apply(GUILD, add('new'));
      expect((await afterCrash(store)).queue.upcoming.at(-1)?.id).toBe('new');
    });

    it('keep what a later version added to a track', async () => {
      const { store } = await filled();
      const page = await store.get<{ entries: Record<string, unknown>[] }>(key('p:1'));
      const later = { ...page, entries: page?.entries.map((entry) => ({ ...entry, mood: 'blue' })) };
      await store.inner.set(key('p:1'), later);
      expect((await afterCrash(store)).queue.upcoming[0]).toMatchObject({ mood: 'blue' });
    });
  });

  it('says that it is starting before it has read everything, and stopping after it was closed', async () => {
    const manager = new AdvancedQueueManager({ store: new FaultyStore() });
    await expect(manager.apply(GUILD, advance)).rejects.toMatchObject({ code: 'STARTING' });
    await manager.load();
    await manager.apply(GUILD, add('a'));
    await manager.close();
    await expect(manager.apply(GUILD, advance)).rejects.toMatchObject({ code: 'STOPPING' });
    await expect(manager.updateSession(GUILD, { volume: 1 })).rejects.toMatchObject({ code: 'STOPPING' });
    expect(ids(manager.queue(GUILD))).toEqual(['a']);
  });
});
