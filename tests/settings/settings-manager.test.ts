import { pino } from 'pino';
import { expect, it } from 'vitest';
import { DEFAULTS } from '../../src/settings/guild-settings.ts';
import { SettingsManager } from '../../src/settings/settings-manager.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import type { Store } from '../../src/storage/store.ts';

const ROLE = '81384788765712384';
const USER = '81384788765712385';

/** The settings of a store, and the lines of the log. */
async function opened(store: Store = new MemoryStore()) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const settings = new SettingsManager({ store, log: pino({ base: null, timestamp: false }, destination) });
  await settings.load();
  return { settings, store, lines };
}
const ratio = (guildId: string, percent: number) =>
  ({ guildId, userId: USER, name: 'voteRatio', edit: () => percent }) as const;

it('lets everybody do everything in a guild that never set anything', async () => {
  const { settings } = await opened();
  expect(settings.of('G')).toMatchObject({
    djRole: null,
    voteRatio: 0,
    tracksPerPerson: null,
    allowedChannels: [],
    blockedUsers: [],
    blockedWords: [],
  });
});

it('keeps what a guild sets, for that guild alone, also after a restart', async () => {
  const { settings, store } = await opened();
  await settings.change(ratio('G', 50));
  await settings.change({ guildId: 'G', userId: USER, name: 'blockedUsers', edit: (before) => [...before, ROLE] });
  for (const { of } of [settings, (await opened(store)).settings].map((one) => ({ of: one.of.bind(one) }))) {
    expect(of('G')).toEqual({ ...DEFAULTS, voteRatio: 50, blockedUsers: [ROLE] });
    expect(of('H')).toEqual(DEFAULTS);
  }
});

it('notes each change in one line that says who changed what from what, and none where nothing changed', async () => {
  const { settings, lines } = await opened();
  await settings.change(ratio('G', 50));
  await settings.change(ratio('G', 50));
  await settings.change(ratio('G', 66));
  const line = { level: 30, guild_id: 'G', user: USER, field: 'voteRatio', msg: 'a setting was changed' };
  expect(lines).toEqual([
    { ...line, old: 0, new: 50 },
    { ...line, old: 50, new: 66 },
  ]);
});

it('loses no change of two that are made at once', async () => {
  const { settings } = await opened();
  const block = (id: string) =>
    settings.change({ guildId: 'G', userId: USER, name: 'blockedUsers', edit: (before) => [...before, id] });
  await Promise.all([block(ROLE), block(USER)]);
  expect(settings.of('G').blockedUsers).toEqual([ROLE, USER]);
});

it('changes nothing, and says so, when the write fails', async () => {
  const { settings, store, lines } = await opened();
  await settings.change(ratio('G', 50));
  const write = store.setMany.bind(store);
  store.setMany = () => Promise.reject(new Error('disk full'));
  await expect(settings.change(ratio('G', 66))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  expect(settings.of('G').voteRatio).toBe(50);
  expect(lines).toHaveLength(1);
  store.setMany = write;
  expect((await opened(store)).settings.of('G').voteRatio).toBe(50);
});

it('rejects the start when the store cannot be read: nothing there is something else', async () => {
  const store = new MemoryStore();
  await store.set('settings:G', { version: 1, voteRatio: 50 });
  store.getMany = () => Promise.reject(new Error('unreadable'));
  await expect(opened(store)).rejects.toThrow('unreadable');
});

it.each<[string, unknown, object, readonly string[]]>([
  ['a field that is no such thing', { version: 1, voteRatio: 'half', djRole: ROLE }, { djRole: ROLE }, ['voteRatio']],
  [
    'fields out of their bounds',
    { version: 1, voteRatio: 101, tracksPerPerson: 0 },
    {},
    ['voteRatio', 'tracksPerPerson'],
  ],
  ['a role that is no id', { version: 1, djRole: '@everyone', voteRatio: 50 }, { voteRatio: 50 }, ['djRole']],
  ['a list with something strange in it', { version: 1, blockedUsers: [USER, 7] }, {}, ['blockedUsers']],
  ['a version that is not known', { version: 2, voteRatio: 50 }, {}, ['record']],
  ['no record at all', 'settings', {}, ['record']],
  ['null', null, {}, ['record']],
])('takes %s for never set, notes it, and copies it aside before it writes', async (_what, record, read, strange) => {
  const store = new MemoryStore();
  await store.set('settings:G', record);
  const { settings, lines } = await opened(store);
  expect(settings.of('G')).toEqual({ ...DEFAULTS, ...read });
  expect(lines).toMatchObject([{ level: 50, key: 'settings:G', strange }]);
  expect(await store.get('settings:G')).toEqual(record);
  await settings.change({ guildId: 'G', userId: USER, name: 'tracksPerPerson', edit: () => 9 });
  const [aside = ''] = await store.keys('set-aside:');
  expect(await store.get(aside)).toEqual(record);
  const again = await opened(store);
  expect(again.settings.of('G')).toEqual({ ...DEFAULTS, ...read, tracksPerPerson: 9 });
  expect(again.lines).toEqual([]);
});

it('takes a field that an older version did not know for never set, and finds nothing strange in that', async () => {
  const store = new MemoryStore();
  await store.set('settings:G', { version: 1, voteRatio: 50 });
  const { settings, lines } = await opened(store);
  expect(settings.of('G')).toEqual({ ...DEFAULTS, voteRatio: 50 });
  expect(lines).toEqual([]);
});
