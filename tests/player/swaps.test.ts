import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import type { OpenOptions } from '../../src/player/deck.ts';
import { GuildPlayer } from '../../src/player/guild-player.ts';
import { recordOf } from '../../src/player/guild-record.ts';
import { adding } from '../../src/player/queue-edits.ts';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import { noFilters, toggling } from '../../src/queue/filters.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { entry } from '../commands/fixtures/music.ts';

const players: GuildPlayer[] = [];
afterEach(async () => {
  for (const player of players.splice(0)) await player.close();
});

const packet = Buffer.from([0xfc, 1, 2, 3]);
const to = (seconds: number) => ({ from: 'beginning', ms: seconds * 1_000 }) as const;
const on = (seconds: number) => ({ from: 'here', ms: seconds * 1_000 }) as const;

/** A guild where a track of three minutes plays to nobody, so that it stays where it is; and what was opened. */
async function guild(store = new MemoryStore(), fields: Parameters<typeof entry>[1] = {}) {
  const queues = new AdvancedQueueManager({ store });
  await queues.load();
  const opened: OpenOptions[] = [];
  const doors: Promise<unknown>[] = [];
  const player = new GuildPlayer({
    record: recordOf(queues, '1'),
    locate: async () => ({ kind: 'file', path: 'x', format: 'ogg-opus' }),
    open: async (_media, _track, options) => {
      opened.push(options);
      await doors.shift();
      const packets = new Readable({ objectMode: true, read: () => void packets.push(packet) });
      options.signal.addEventListener('abort', () => packets.destroy());
      const arrived = new Promise<void>(() => undefined);
      return { packets, arrived, passthrough: true, setVolume: () => undefined };
    },
    forget: async () => undefined,
    connected: () => true,
    announce: () => null,
    changed: () => undefined,
    log: pino({ level: 'silent' }),
  });
  players.push(player);
  const play = async () => {
    await queues.updateSession('1', { voiceChannelId: '2' });
    await player.edit(adding([entry('a', fields)]));
    await until('the track', () => player.deck.entry !== null && !player.deck.loading, 5_000);
  };
  return { store, queues, player, swaps: player.swaps, opened, doors, play };
}

it('has written the place down when it answers, and the filters', async () => {
  const { store, queues, swaps, play } = await guild();
  await play();
  expect(await swaps.seek(to(90))).toBe(90_000);
  expect(queues.session('1').positionMs).toBe(90_000);
  await swaps.setFilters(toggling('speed', 150));
  const next = await guild(store);
  expect(next.queues.session('1')).toMatchObject({ positionMs: 90_000, filters: [{ name: 'speed', amount: 150 }] });
  await next.player.catchUp();
  await until('the track', () => next.opened.length > 0, 5_000);
  expect(next.opened[0]).toMatchObject({ startMs: 90_000, filtering: { tempo: 1.5 } });
});

it.each([
  ['on from here', [to(60), on(30)], 90_000],
  ['back from here', [to(60), on(-10)], 50_000],
  ['back to the beginning at most', [to(5), on(-10)], 0],
])('goes %s', async (_what, places, at) => {
  const { player, swaps, play } = await guild();
  await play();
  for (const place of places) await swaps.seek(place);
  expect(player.deck.positionMs).toBe(at);
});

it.each([
  ['what is live', { live: true, durationMs: null }, to(10), 'LIVE', ''],
  ['behind its end', {}, to(180), 'BEHIND_END', ' (3:00)'],
  ['on behind its end', {}, on(181), 'BEHIND_END', ' (3:00)'],
])('goes nowhere in %s', async (_what, fields, place, code, detail) => {
  const { player, swaps, opened, play } = await guild(new MemoryStore(), fields);
  await play();
  await expect(swaps.seek(place)).rejects.toMatchObject({ code, detail });
  expect([opened.length, player.deck.positionMs]).toEqual([1, 0]);
});

it('goes nowhere where nothing plays, and keeps filters for what will', async () => {
  const { swaps, opened, play } = await guild();
  await expect(swaps.seek(to(1))).rejects.toMatchObject({ code: 'NOTHING_PLAYING' });
  expect(await swaps.setFilters(toggling('nightcore', null))).toEqual([{ name: 'nightcore', amount: null }]);
  await play();
  expect(opened).toMatchObject([{ filtering: { tempo: 1.25 } }]);
});

it('goes on from a place that was asked for in no channel', async () => {
  const { player, queues, swaps, opened, play } = await guild();
  await play();
  await player.suspend({ voiceChannelId: null });
  expect(await swaps.seek(to(90))).toBe(90_000);
  expect(opened).toHaveLength(1);
  await queues.updateSession('1', { voiceChannelId: '2' });
  await player.catchUp();
  await until('the track', () => opened.length > 1, 5_000);
  expect(opened[1]?.startMs).toBe(90_000);
});

it('says why the other place could not be opened, and stays where it is', async () => {
  const { player, queues, swaps, doors, play } = await guild();
  await play();
  doors.push(Promise.reject(new TenutoError('NETWORK_DOWN', 'the site')));
  await expect(swaps.seek(to(90))).rejects.toMatchObject({
    code: 'NOT_SWAPPED',
    say: expect.stringMatching(/^I could not do that.* I cannot reach the site/),
  });
  expect([player.deck.positionMs, queues.session('1').positionMs]).toEqual([0, 0]);
});

it('has the filters on that are heard: those from before, when others cannot be opened', async () => {
  const { player, queues, swaps, doors, play } = await guild();
  await play();
  await swaps.setFilters(toggling('8d', null));
  doors.push(Promise.reject(new TenutoError('TRANSCODER_MISSING')));
  await expect(swaps.setFilters(toggling('speed', 150))).rejects.toMatchObject({ code: 'NOT_SWAPPED' });
  expect(queues.session('1').filters).toEqual([{ name: '8d', amount: null }]);
  expect(player.deck.filtering?.filters).toEqual(queues.session('1').filters);
});

it('opens nothing where the filters stay as they are', async () => {
  const { swaps, opened, play } = await guild();
  await play();
  expect(await swaps.setFilters(noFilters)).toEqual([]);
  await swaps.setFilters(toggling('speed', 150));
  await swaps.setFilters(toggling('speed', 150));
  expect(opened).toHaveLength(2);
});

it('says of a track of unknown length that it ends before the place, where there is no sound any more', async () => {
  const { swaps, doors, play } = await guild(new MemoryStore(), { durationMs: null });
  await play();
  doors.push(Promise.reject(new TenutoError('NOT_AUDIO')));
  await expect(swaps.seek(to(3_600))).rejects.toMatchObject({ code: 'BEHIND_END' });
});

it('keeps no filter and opens nothing for what does not exist', async () => {
  const { queues, swaps, opened, play } = await guild();
  await play();
  await expect(swaps.setFilters(toggling('speed', 900))).rejects.toMatchObject({ code: 'BAD_OPTION' });
  expect([queues.session('1').filters, opened.length]).toEqual([[], 1]);
});

it('does what was asked last, and tells the others so', async () => {
  const { player, queues, swaps, play } = await guild();
  await play();
  const answers = await Promise.allSettled([10, 20, 30].map((seconds) => swaps.seek(to(seconds))));
  expect(answers).toMatchObject([
    { reason: { code: 'OVERTAKEN' } },
    { reason: { code: 'OVERTAKEN' } },
    { value: 30_000 },
  ]);
  expect([player.deck.positionMs, queues.session('1').positionMs]).toEqual([30_000, 30_000]);
});

it('keeps nobody waiting for what is being opened', async () => {
  const { player, swaps, doors, play } = await guild();
  await play();
  const door = Promise.withResolvers<unknown>();
  doors.push(door.promise);
  const seek = swaps.seek(to(90));
  await player.pause('42');
  await player.listen(1);
  door.resolve(null);
  expect(await seek).toBe(90_000);
  expect(player.deck.audible).toBe(false);
  await swaps.setFilters(noFilters);
});
