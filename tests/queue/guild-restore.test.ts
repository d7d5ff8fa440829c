import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import { recoverGuild } from '../../src/queue/guild-restore.ts';
import { EMPTY_QUEUE, NEW_SESSION } from '../../src/queue/queue.ts';
import { FaultyStore } from './faulty-store.ts';
import { entries, entry, ids } from './queue-model.ts';

const GUILD = '41771983423143937';
const key = (name: string) => `queue:${GUILD}:${name}`;

async function opened(store: FaultyStore) {
  const manager = new AdvancedQueueManager({ store, snapshotEvery: 4 });
  const problems: string[] = [];
  const strange: string[] = [];
  manager.on('problem', (what) => problems.push(what));
  manager.on('set-aside', (record) => strange.push(record.key));
  await manager.load();
  return { manager, problems, strange };
}

/** A guild with a head, pages for what is to come and for undo, operations after them, a session and a position; and another guild. */
async function filled(): Promise<FaultyStore> {
  const store = new FaultyStore();
  const { manager } = await opened(store);
  await manager.apply('2', { type: 'add', entries: entries(3, 'two') });
  await manager.apply(GUILD, { type: 'add', entries: entries(300), start: true });
  await manager.apply(GUILD, { type: 'advance' });
  await manager.apply(GUILD, { type: 'shuffle', seed: 1 });
  await manager.apply(GUILD, { type: 'loop', mode: 'queue' });
  await manager.flush();
  await manager.apply(GUILD, { type: 'add', entries: [entry('x'), entry('y')] });
  await manager.apply(GUILD, { type: 'remove', entryIds: ['x'] });
  await manager.updateSession(GUILD, { volume: 33, positionMs: 5_000 });
  return store;
}

const everything = async (store: FaultyStore) => {
  const keys = await store.keys('');
  const values = await store.getMany<unknown>(keys);
  return new Map(keys.map((name, index) => [name, values[index]]));
};

describe('a data folder', () => {
  it('of version 1 is read, goes on, and is of this version then', async () => {
    const store = new FaultyStore();
    const upcoming = [{ ...entry('b'), mood: 'blue' }, entry('c')];
    await store.setMany([
      { key: key('head'), value: { version: 1, seq: 256, turn: 7, pages: [3], current: entry('a'), loop: 'queue' } },
      { key: key('p:3'), value: { version: 1, entries: upcoming } },
      { key: key('o:257'), value: { version: 1, operation: { type: 'add', entries: [entry('d')], start: true } } },
      { key: key('o:258'), value: { version: 1, operation: { type: 'move', entryId: 'd', index: 0 } } },
      {
        key: `session:${GUILD}`,
        value: { version: 1, voiceChannelId: '5', textChannelId: '6', paused: 'person', volume: 40, mood: 'blue' },
      },
      { key: `position:${GUILD}`, value: { version: 1, entryId: 'a', turn: 7, positionMs: 61_000 } },
    ]);
    const { manager, problems, strange } = await opened(store);
    expect([problems, strange]).toEqual([[], []]);
    expect(manager.queue(GUILD)).toMatchObject({ loop: 'queue', current: { id: 'a' }, history: [] });
    expect(ids(manager.queue(GUILD))).toEqual(['a', 'd', 'b', 'c']);
    expect(manager.session(GUILD)).toMatchObject({
      voiceChannelId: '5',
      paused: 'person',
      pausedBy: null,
      stay: false,
      volume: 40,
      positionMs: 61_000,
      mood: 'blue',
    });
    await manager.apply(GUILD, { type: 'undo' });
    await manager.apply(GUILD, { type: 'advance' });
    await manager.updateSession(GUILD, { stay: true });
    const next = await opened(store);
    expect(ids(next.manager.queue(GUILD))).toEqual(['b', 'c', 'd', 'a']);
    expect(next.manager.queue(GUILD).current).toMatchObject({ mood: 'blue' });
    expect(next.manager.session(GUILD)).toMatchObject({ stay: true, mood: 'blue' });
    expect(await store.get(key('head'))).toMatchObject({ version: 2, seq: 260, history: [{ id: 'a' }] });
  });

  it.each([key('head'), key('p:1'), key('o:5'), `session:${GUILD}`, `position:${GUILD}`])(
    'with a later version of %s is not guessed at',
    async (full) => {
      const store = await filled();
      const later = { ...(await store.get<object>(full)), version: 3 };
      await store.inner.set(full, later);
      const { strange } = await opened(store);
      expect(strange).toContain(full);
      const copies = await store.getMany<{ value: unknown }>(await store.keys('set-aside:'));
      expect(copies.map((copy) => copy?.value)).toContainEqual(later);
      expect((await opened(store)).strange).toEqual([]);
    },
  );

  it('in which any record is anything at all is read without harm to others, and nothing in it is destroyed', async () => {
    const whole = await everything(await filled());
    const ownKeys = [...whole.keys()].filter((name) => name.includes(GUILD));
    const anyValue = fc.oneof(
      fc.jsonValue(),
      fc.record({ unreadable: fc.string() }),
      fc.record({ version: fc.constantFrom(1, 2), operation: fc.jsonValue(), entries: fc.jsonValue() }),
      fc.record({
        version: fc.constantFrom(1, 2),
        seq: fc.nat(9),
        turn: fc.nat(9),
        pages: fc.array(fc.nat(9)),
        loop: fc.constant('off'),
        undoable: fc.jsonValue(),
      }),
    );
    // As it can be stored: JSON has no -0.
    const storable = anyValue.map((value): unknown => JSON.parse(JSON.stringify(value)));
    const anyDamage = fc.array(fc.tuple(fc.constantFrom(...ownKeys), storable), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(anyDamage, async (damages) => {
        const store = new FaultyStore();
        const damaged = new Map([...whole, ...damages]);
        for (const [name, value] of damaged) await store.inner.set(name, value);
        const { manager, problems, strange } = await opened(store);
        expect(problems).toEqual([]);
        expect(ids(manager.queue('2'))).toEqual(['two0', 'two1', 'two2']);
        const now = await everything(store);
        const copies = [...now].filter(([name]) => name.startsWith('set-aside:')).map(([, copy]) => copy);
        for (const name of strange) {
          expect(copies).toContainEqual(expect.objectContaining({ value: damaged.get(name) ?? null }));
        }
        await manager.apply(GUILD, { type: 'add', entries: [entry('new')] });
        const next = await opened(store);
        expect(next.strange).toEqual([]);
        expect(next.manager.queue(GUILD)).toEqual(manager.queue(GUILD));
        expect(ids(next.manager.queue(GUILD))).toContain('new');
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['the current track', { current: { id: 'a' } }, { current: null }],
    ['a track of the history', { history: [entry('h'), { id: 'a' }] }, { history: [entry('h')] }],
    ['what undo would take back', { undoable: { what: 'juggle' } }, { undoable: null }],
  ])(
    'whose head has something that cannot be read goes on without it, and keeps it aside: %s',
    async (_, part, found) => {
      const store = await filled();
      await store.inner.deleteMany([key('o:5'), key('o:6')]);
      const whole = (await opened(store)).manager.queue(GUILD);
      const head = { ...(await store.get<object>(key('head'))), ...part };
      await store.inner.set(key('head'), head);
      const { manager, strange } = await opened(store);
      expect([manager.queue(GUILD), strange]).toEqual([{ ...whole, ...found }, [key('head')]]);
      const [aside = ''] = await store.keys('set-aside:');
      expect(await store.get(aside)).toMatchObject({ value: head });
      expect((await opened(store)).manager.queue(GUILD)).toEqual({ ...whole, ...found });
    },
  );

  it('without the head of a guild keeps its pages aside, because nobody knows their order', async () => {
    const store = await filled();
    await store.inner.deleteMany([key('head')]);
    const { manager, strange } = await opened(store);
    expect(manager.queue(GUILD)).toEqual(EMPTY_QUEUE);
    expect(strange).toContain(key('p:1'));
    expect(manager.session(GUILD).volume).toBe(33);
  });

  it('whose guild cannot be set aside leaves that guild alone, and the others play', async () => {
    const store = await filled();
    await store.inner.set(key('p:1'), { unreadable: '{"version":2,"entr' });
    const before = await everything(store);
    store.fault = 'refuse';
    const { manager, problems } = await opened(store);
    store.fault = 'none';
    expect(problems).toEqual([`guild ${GUILD} could not be recovered`]);
    await expect(manager.apply(GUILD, { type: 'clear' })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(manager.updateSession(GUILD, { volume: 1 })).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await everything(store)).toEqual(before);
    expect(ids(await manager.apply('2', { type: 'advance' }))).toEqual(['two0', 'two1', 'two2']);
    expect((await opened(store)).strange).toEqual([key('p:1')]);
  });

  it('is set aside, not overwritten, where reading it meets a fault of ours', () => {
    const records = new Map<string, unknown>([[key('head'), { version: 2 }]]);
    records.get = () => {
      throw new TypeError('a bug');
    };
    const problems: unknown[] = [];
    const { strange, obsolete, recorded } = recoverGuild(GUILD, records, NEW_SESSION, (error) => problems.push(error));
    expect([problems, recorded.queue]).toEqual([[new TypeError('a bug')], EMPTY_QUEUE]);
    expect(strange).toEqual([{ key: key('head'), value: { version: 2 }, why: 'reading it failed' }]);
    expect(obsolete).toEqual([key('head')]);
  });

  it('that cannot be read at all stops the start, so that nothing begins anew over it', async () => {
    const store = await filled();
    const manager = new AdvancedQueueManager({ store });
    store.getMany = () => Promise.reject(new Error('I/O error'));
    await expect(manager.load()).rejects.toThrow('I/O error');
    await expect(manager.apply(GUILD, { type: 'advance' })).rejects.toMatchObject({ code: 'STARTING' });
    expect(manager.session(GUILD)).toEqual(NEW_SESSION);
  });
});
