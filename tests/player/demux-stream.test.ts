import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { somePackets } from '../../bench/torture/case.ts';
import { demux } from '../../bench/torture/demuxing.ts';
import { song, songPages } from '../../bench/torture/ogg-writer.ts';
import * as write from '../../bench/torture/webm-writer.ts';
import { OpusDemuxer } from '../../src/player/audio/opus-demuxer.ts';
import { WebmParser } from '../../src/player/audio/webm-parser.ts';

const PACKETS = somePackets();
const file = write.webm(PACKETS);

async function heard(demuxer: OpusDemuxer): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const packet of demuxer) all.push(packet as Buffer);
  return all;
}

it('tells the head before the first packet, and gives every packet as one item', async () => {
  const demuxer = new OpusDemuxer('webm-opus');
  const head = once(demuxer, 'head');
  Readable.from([file.subarray(0, 700), file.subarray(700)], { objectMode: false }).pipe(demuxer);
  expect(await heard(demuxer)).toEqual(PACKETS);
  expect(await head).toEqual([write.opusHead()]);
});

it('has few packets waiting for a listener who pauses, however many are in a chunk', async () => {
  const demuxer = new OpusDemuxer('ogg-opus');
  demuxer.write(song(PACKETS));
  await once(demuxer, 'readable');
  expect(demuxer.readableLength).toBeLessThanOrEqual(2);
  expect(demuxer.writableNeedDrain || demuxer.writableLength > 0).toBe(true);
});

it('hands on what stands before the damage, but for what waits for the listener, and then fails', async () => {
  const cut = file.subarray(0, 5_000);
  const demuxer = new OpusDemuxer('webm-opus');
  const some: Buffer[] = [];
  demuxer.on('data', (packet: Buffer) => void some.push(packet));
  await expect(pipeline(Readable.from([cut]), demuxer, { end: true })).rejects.toThrow('it breaks off');
  expect(some.length).toBeGreaterThanOrEqual(demux('webm-opus', cut).packets.length - 2);
  expect(some).toEqual(PACKETS.slice(0, some.length));
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
