import { describe, expect, it } from 'vitest';
import { somePackets } from '../../bench/torture/case.ts';
import { song, songPages } from '../../bench/torture/ogg-writer.ts';
import * as write from '../../bench/torture/webm-writer.ts';
import { TenutoError } from '../../src/lib/errors.ts';
import { heardOf } from './pouring.ts';

const PACKETS = somePackets();

/** Reads bytes behind which the connection breaks. */
async function heardBefore(failure: Error, container: 'webm-opus' | 'ogg-opus', bytes: Buffer) {
  function* broken() {
    for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
    throw failure;
  }
  return await heardOf(container, broken());
}

const broke = new TenutoError('TRACK_UNAVAILABLE', 'the connection broke');

describe('an input that breaks', () => {
  it.each([
    ['webm-opus', write.webm(PACKETS)],
    ['ogg-opus', song(PACKETS)],
  ] as const)('behind a container that says that it is complete has ended: %s', async (container, bytes) => {
    const { heard, error } = await heardBefore(broke, container, bytes);
    expect(error).toBeNull();
    expect(heard).toEqual(PACKETS);
  });

  it.each([
    ['webm-opus', write.webm(PACKETS)],
    ['ogg-opus', song(PACKETS)],
  ] as const)('one byte earlier has failed: %s', async (container, bytes) => {
    expect((await heardBefore(broke, container, bytes.subarray(0, -1))).error).toBe(broke);
  });

  it('behind a WebM of unknown length, or an Ogg that does not say that it ends, has failed', async () => {
    const segment = [
      write.element('1654ae6b', write.track()),
      write.clusters(PACKETS, (packet, at) => write.simpleBlock(packet, { at })),
    ];
    const live = Buffer.concat([write.EBML_HEADER, write.endless('18538067', segment)]);
    const { heard, error } = await heardBefore(broke, 'webm-opus', live);
    expect([heard.length, error]).toEqual([PACKETS.length, broke]);
    const pages = Buffer.concat(songPages(PACKETS).slice(0, -1));
    expect((await heardBefore(broke, 'ogg-opus', pages)).error).toBe(broke);
  });

  it('within a second song behind the first one has failed', async () => {
    const second = song(PACKETS).subarray(0, 3_000);
    expect((await heardBefore(broke, 'ogg-opus', Buffer.concat([song(PACKETS), second]))).error).toBe(broke);
  });
});
