import { expect, it } from 'vitest';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { Filter } from '../../src/queue/filters.ts';
import { sessionKey } from '../../src/queue/session-records.ts';
import type { Strange } from '../../src/queue/set-aside.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';

const SPEED: Filter = { name: 'speed', amount: 150 };

/** A session as the next process reads it, when this is in its record instead of its filters; and what that notes. */
async function readBack(filters: Readonly<Record<string, unknown>>) {
  const store = new MemoryStore();
  const before = new AdvancedQueueManager({ store });
  await before.load();
  await before.updateSession('1', { voiceChannelId: '5', filters: [SPEED] });
  const { filters: _, ...record } = (await store.get<Record<string, unknown>>(sessionKey('1'))) ?? {};
  await store.set(sessionKey('1'), { ...record, ...filters });
  const notes: Strange[] = [];
  const after = new AdvancedQueueManager({ store });
  after.on('set-aside', (strange) => notes.push(strange));
  await after.load();
  return { session: after.session('1'), notes, kept: await store.get(sessionKey('1')) };
}

it('keeps filters over a restart', async () => {
  const { session, notes } = await readBack({ filters: [SPEED] });
  expect(session.filters).toEqual([SPEED]);
  expect(notes).toEqual([]);
});

it('has none where they were written before there were any', async () => {
  const { session, notes } = await readBack({});
  expect([session.filters, notes]).toEqual([[], []]);
});

it.each<[string, unknown, readonly Filter[]]>([
  ['a name that is not known', [SPEED, { name: 'reverb', amount: 1 }], [SPEED]],
  ['an amount out of bounds', [{ name: 'speed', amount: 10_000 }], []],
  ['no list', 'speed', []],
])('drops %s with a note, and keeps the rest of the session', async (_what, stored, filters) => {
  const { session, notes, kept } = await readBack({ filters: stored });
  expect(session).toMatchObject({ voiceChannelId: '5', filters });
  expect(notes).toMatchObject([{ key: sessionKey('1'), why: expect.stringContaining('filters') }]);
  expect(kept).toMatchObject({ voiceChannelId: '5' });
});
