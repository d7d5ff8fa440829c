import { once } from 'node:events';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import { Deck, type Ending, type OpenOptions } from '../../src/player/deck.ts';
import { filteringOf } from '../../src/player/filters.ts';
import type { Filter } from '../../src/queue/filters.ts';
import { track } from '../commands/fixtures/music.ts';
import { ADA, frame, GUILD, heard, stage, type Stage } from '../voice/stage.ts';

const PACKET_MS = 20;
const FOR_EVER_MS = 10 * 60_000;
const PLAIN = 0;
const FILTERED = 1;
const SPEED: Filter = { name: 'speed', amount: 150 };
const FAST = filteringOf([SPEED]);

/** Packets that say where in the track they belong, and whether they went through filters. */
function packetsOf({ startMs, filtering, signal }: OpenOptions, endMs: number): Readable {
  function* packets() {
    for (let ms = startMs; ms < endMs; ms += PACKET_MS * (filtering?.tempo ?? 1))
      yield frame(Math.round(ms), filtering ? FILTERED : PLAIN);
  }
  const readable = Readable.from(packets());
  signal.addEventListener('abort', () => readable.destroy());
  return readable;
}

let here: Stage;
let deck: Deck;
let endMs = FOR_EVER_MS;
/** What was opened so far, and what opens next: at once unless it is put here to wait. */
let opened: OpenOptions[] = [];
let doors: Promise<unknown>[] = [];

beforeEach(async () => {
  here = await stage();
  await here.join();
  [endMs, opened, doors] = [FOR_EVER_MS, [], []];
  deck = new Deck({
    locate: async () => ({ kind: 'file', path: 'x', format: 'ogg-opus' }),
    open: async (_media, _track, options) => {
      opened.push(options);
      await doors.shift();
      return {
        packets: packetsOf(options, endMs),
        passthrough: true,
        arrived: new Promise(() => undefined),
        setVolume: () => undefined,
      };
    },
  });
  here.manager.attach(GUILD, deck.audio);
});
afterEach(async () => {
  deck.clear();
  await here.close();
});

const ears = () => here.voice.ears(ADA);
const places = (song = PLAIN) => heard(ears().packets, song);
const packets = (count: number) => ears().waitFor((all) => all.length >= ears().count - all.length + count, 10_000);
const more = (count: number) => {
  const before = ears().count;
  return ears().waitFor(() => ears().count >= before + count, 10_000);
};
/** Frames that only fill a gap. */
const fillers = () => ears().packets.filter(({ opus }) => opus.length === 3).length;
const jumps = (all: readonly number[], step: number) =>
  all.flatMap((place, at) => (at > 0 && place !== (all[at - 1] ?? 0) + step ? [[all[at - 1], place]] : []));

function load(live = false): void {
  const entry = { id: '1', track: track({ live }), requestedBy: '1', addedAt: 0 };
  deck.load(entry, { startMs: 0, volume: () => 100, filtering: null, urgency: 'now' });
}

/** Something to open that waits. */
function door(): PromiseWithResolvers<unknown> {
  const waits = Promise.withResolvers<unknown>();
  doors.push(waits.promise);
  return waits;
}

it('plays on until the other place is open, and then goes on there: no packet of either is missing', async () => {
  load();
  await packets(10);
  const { resolve } = door();
  const swapped = deck.swap({ startMs: 60_000 });
  await more(10);
  resolve(null);
  expect(await swapped).toBe(true);
  await more(10);
  expect(jumps(places(), PACKET_MS)).toEqual([[expect.any(Number), 60_000]]);
  expect(fillers()).toBe(0);
  expect(Math.abs((deck.positionMs ?? 0) - (places().at(-1) ?? 0))).toBeLessThanOrEqual(3 * PACKET_MS);
});

it('goes on with a filter where it is by then, and counts by its tempo', async () => {
  load();
  await packets(10);
  const { resolve } = door();
  const swapped = deck.swap({ filtering: FAST });
  await more(10);
  resolve(null);
  await swapped;
  await more(20);
  const last = places().at(-1) ?? NaN;
  const [first = NaN] = places(FILTERED);
  expect(first - last).toBeGreaterThan(0);
  expect(first - last).toBeLessThan(2 * PACKET_MS);
  expect(jumps(places(FILTERED), PACKET_MS * 1.5)).toEqual([]);
  expect(fillers()).toBe(0);
  deck.hold(true);
  await until('silence', () => fillers() > 0, 5_000);
  expect(deck.positionMs).toBe((places(FILTERED).at(-1) ?? NaN) + PACKET_MS * 1.5);
});

it('does what was asked last of ten things that come quickly, and closes the rest', async () => {
  load();
  await packets(10);
  const wishes = Array.from({ length: 10 }, (_, n) => deck.swap({ startMs: 100_000 + n * 1_000 }));
  expect(await Promise.all(wishes)).toEqual([...Array.from({ length: 9 }, () => false), true]);
  await more(10);
  expect(jumps(places(), PACKET_MS)).toEqual([[expect.any(Number), 109_000]]);
  expect(opened.map(({ signal }) => signal.aborted)).toEqual([...Array.from({ length: 10 }, () => true), false]);
});

it('keeps the place that was asked for when a filter is asked for behind it', async () => {
  load();
  await packets(10);
  const { resolve } = door();
  const seek = deck.swap({ startMs: 60_000 });
  const filter = deck.swap({ filtering: FAST });
  resolve(null);
  expect(await Promise.all([seek, filter])).toEqual([false, true]);
  await more(5);
  expect(places(FILTERED)[0]).toBe(60_000);
});

it('lets nothing be heard of what was being opened when the track is taken off', async () => {
  load();
  await packets(10);
  const { resolve } = door();
  const swapped = deck.swap({ startMs: 60_000 });
  deck.clear();
  resolve(null);
  expect(await swapped).toBe(false);
  expect(opened.every(({ signal }) => signal.aborted)).toBe(true);
  expect([deck.entry, deck.positionMs]).toEqual([null, null]);
});

it('swaps while it is held, and goes on from there', async () => {
  load();
  await packets(10);
  const { resolve } = door();
  const swapped = deck.swap({ startMs: 60_000 });
  deck.hold(true);
  resolve(null);
  await swapped;
  expect([deck.audible, deck.positionMs]).toEqual([false, 60_000]);
  deck.hold(false);
  await more(10);
  expect(places().find((place) => place >= 60_000)).toBe(60_000);
});

it('swaps while there is no voice, and is heard from there when there is', async () => {
  load();
  await packets(10);
  await here.manager.leave(GUILD, 'player');
  await until('the player to wait', () => !deck.audible, 5_000);
  expect(await deck.swap({ startMs: 60_000 })).toBe(true);
  await here.join();
  await until('the other place', () => places().includes(60_100), 5_000);
  expect(jumps(places(), PACKET_MS)).toEqual([[expect.any(Number), 60_000]]);
});

it('loses no frame of before when a filter is turned on while there is no voice', async () => {
  load();
  await packets(10);
  await here.manager.leave(GUILD, 'player');
  await until('the player to wait', () => !deck.audible, 5_000);
  const positionMs = deck.positionMs ?? NaN;
  await deck.swap({ filtering: FAST });
  await here.join();
  await until('the filter', () => places(FILTERED).length > 5, 5_000);
  expect(jumps(places(), PACKET_MS)).toEqual([]);
  expect(places().at(-1)).toBe(positionMs - PACKET_MS);
  expect(places(FILTERED)[0]).toBe(positionMs);
});

it('waits at its end for the place that was asked for', async () => {
  endMs = 400;
  load();
  await packets(5);
  let ended = 0;
  deck.on('ended', () => (ended += 1));
  const { resolve } = door();
  const swapped = deck.swap({ startMs: 60 });
  await until('its end', () => deck.loading, 5_000);
  resolve(null);
  expect(await swapped).toBe(true);
  await until('what was asked for', () => places().filter((place) => place === 60).length === 2, 5_000);
  expect([ended, deck.entry?.id]).toEqual([0, '1']);
});

it('ends at its end although a filter is on its way', async () => {
  endMs = 400;
  load();
  await packets(5);
  const { resolve } = door();
  const ended = once(deck, 'ended') as Promise<[Ending]>;
  const swapped = deck.swap({ filtering: FAST });
  const [{ failure }] = await ended;
  resolve(null);
  expect([failure, await swapped]).toEqual([null, false]);
  expect(opened.every(({ signal }) => signal.aborted)).toBe(true);
});

it.each([
  ['cannot be opened', () => Promise.reject(new TenutoError('NETWORK_DOWN', 'the site')), 60_000, 'NETWORK_DOWN'],
  ['is behind the end', () => Promise.resolve(), FOR_EVER_MS + 1, 'BEHIND_END'],
])('plays on when the other place %s', async (_what, open, startMs, code) => {
  load();
  await packets(10);
  doors.push(open());
  await expect(deck.swap({ startMs })).rejects.toMatchObject({ code });
  await more(10);
  expect(jumps(places(), PACKET_MS)).toEqual([]);
  expect(fillers()).toBe(0);
  expect(opened.map(({ signal }) => signal.aborted)).toEqual([false, true]);
});

it('is heard to its end from a place just before it', async () => {
  endMs = 10_000;
  load();
  await packets(5);
  const ended = once(deck, 'ended') as Promise<[Ending]>;
  expect(await deck.swap({ startMs: endMs - 5 * PACKET_MS })).toBe(true);
  const [{ failure, positionMs }] = await ended;
  expect([failure, positionMs]).toEqual([null, endMs]);
  await until('the last packet', () => places().includes(endMs - PACKET_MS), 5_000);
  expect(jumps(places(), PACKET_MS)).toHaveLength(1);
});

it('ends with what stopped the other place when the track has ended meanwhile', async () => {
  endMs = 400;
  load();
  await packets(5);
  const { reject } = door();
  const ended = once(deck, 'ended') as Promise<[Ending]>;
  const swapped = deck.swap({ startMs: 60 });
  swapped.catch(() => undefined);
  await until('its end', () => deck.loading, 5_000);
  reject(new TenutoError('NETWORK_DOWN', 'the site'));
  await expect(swapped).rejects.toMatchObject({ code: 'NETWORK_DOWN' });
  const [{ failure, heardMs, positionMs }] = await ended;
  expect({ failure, heardMs, positionMs }).toMatchObject({ failure: { code: 'NETWORK_DOWN' }, heardMs: 400 });
});

it('begins anew elsewhere when it is not open yet', async () => {
  const { resolve } = door();
  load();
  await until('the opening', () => opened.length === 1, 5_000);
  expect(await deck.swap({ startMs: 60_000 })).toBe(true);
  resolve(null);
  await packets(5);
  expect(places()[0]).toBe(60_000);
  expect(deck.entry?.id).toBe('1');
});

it('changes the sound of a live stream at live', async () => {
  load(true);
  await packets(10);
  await deck.swap({ filtering: FAST });
  expect(opened.map(({ startMs }) => startMs)).toEqual([0, 0]);
  expect(deck.positionMs).toBeGreaterThanOrEqual(200);
});
