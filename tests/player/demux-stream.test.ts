import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { somePackets } from '../../bench/torture/case.ts';
import { demux } from '../../bench/torture/demuxing.ts';
import { song, songPages } from '../../bench/torture/ogg-writer.ts';
import * as write from '../../bench/torture/webm-writer.ts';
import { until } from '../../loopback/until.ts';
import { WebmParser } from '../../src/player/audio/webm-parser.ts';
import { gateFor, heardOf } from './pouring.ts';

const PACKETS = somePackets();
const file = write.webm(PACKETS);

it('takes no more packets out of a chunk than there is room for, however many are in it', async () => {
  const { gate, buffer } = gateFor('ogg-opus');
  const all = somePackets(1_000);
  const poured = gate.pour(Readable.from([song(all)]));
  await until('it is full', () => buffer.full, 5_000);
  expect([buffer.waiting, gate.received, gate.hungry]).toEqual([250, 250, false]);
  for (let count = 0; count < 40; count += 1) expect(buffer.read()).toEqual(all[count]);
  await new Promise(setImmediate);
  expect(gate.received).toBe(250);
  for (let count = 40; count < 60; count += 1) expect(buffer.read()).toEqual(all[count]);
  await until('it is full again', () => buffer.full, 5_000);
  expect(buffer.waiting).toBe(250);
  buffer.destroy();
  await poured;
});

it('hands on all that stands before the damage, and then fails', async () => {
  const cut = file.subarray(0, 5_000);
  const { heard, error } = await heardOf('webm-opus', [cut]);
  expect(error).toMatchObject({ code: 'TRACK_UNAVAILABLE', detail: 'the file is damaged' });
  expect(heard.length).toBeGreaterThan(10);
  expect(heard).toEqual(demux('webm-opus', cut).packets);
});

it('keeps nothing of the pictures of a video, however large they are', () => {
  const MEGABYTE = 1024 * 1024;
  const parser = new WebmParser(() => undefined);
  parser.feed(write.file([write.element('1654ae6b', write.track())]));
  expect(parser.next()).toBeNull();
  parser.feed(
    Buffer.concat([Buffer.from('a3', 'hex'), write.vint(300 * MEGABYTE + 4, 8), write.vint(2), Buffer.alloc(3)]),
  );
  const before = process.memoryUsage().arrayBuffers;
  for (let megabyte = 0; megabyte < 300; megabyte += 1) {
    expect(parser.next()).toBeNull();
    parser.feed(Buffer.alloc(MEGABYTE, 0xa3));
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * MEGABYTE);
  expect(parser.next()).toBeNull();
  parser.feed(write.simpleBlock(PACKETS.slice(0, 1)));
  expect(parser.next()).toEqual(PACKETS[0]);
});

it('knows of each packet when it is, in WebM also by another clock', () => {
  const blocks = write.cluster(1_000, [
    write.simpleBlock(PACKETS.slice(0, 1), { at: 0 }),
    write.simpleBlock(PACKETS.slice(1, 2), { at: 200 }),
  ]);
  const slow = write.file([write.info(100_000), write.element('1654ae6b', write.track()), blocks]);
  expect(demux('webm-opus', slow).timesMs).toEqual([100, 120]);
  expect(demux('webm-opus', file).timesMs).toEqual(PACKETS.map((_, index) => index * 20));
});

it('knows of each packet when it is, in Ogg also in the next song and behind a gap', () => {
  const times = (bytes: Buffer) => demux('ogg-opus', bytes).timesMs;
  const steps = PACKETS.map((_, index) => index * 20);
  expect(times(song(PACKETS))).toEqual(steps);
  const [head, tags, first, , last] = songPages(PACKETS);
  const gap = times(Buffer.concat([head, tags, first, last].flatMap((part) => part ?? [])));
  expect(gap.at(-1)).toBe(steps.at(-1));
  expect(times(Buffer.concat([song(PACKETS), song(PACKETS, { serial: 8 })])).at(100)).toBe(2_000);
});
