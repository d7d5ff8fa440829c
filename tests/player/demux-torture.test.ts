import { describe, expect, it } from 'vitest';
import { somePackets } from '../../bench/torture/case.ts';
import { demux } from '../../bench/torture/demuxing.ts';
import { SMALL } from '../../bench/torture/mutation-cases.ts';
import { mutate } from '../../bench/torture/mutations.ts';
import { OGG_CASES } from '../../bench/torture/ogg-cases.ts';
import { songPages } from '../../bench/torture/ogg-writer.ts';
import { WEBM_CASES } from '../../bench/torture/webm-cases.ts';
import * as write from '../../bench/torture/webm-writer.ts';
import { outputGainDb } from '../../src/player/audio/opus-packet.ts';

const ALL = [...WEBM_CASES, ...OGG_CASES];
const CHUNKS = [1, 13, 1_000, 65_536, Infinity];

describe('gives every packet', () => {
  it.each(ALL.filter(({ packets }) => packets !== null))('$name', ({ container, bytes, packets, unfit }) => {
    for (const size of CHUNKS) {
      const { packets: heard, error, heads } = demux(container, bytes, size);
      expect(error).toBeNull();
      expect(heard).toEqual(packets);
      expect(heads.length > 0 && heads.every((head) => outputGainDb(head) === 0)).toBe(unfit !== true);
    }
  });
});

describe('gives a clear error', () => {
  it.each(ALL.filter(({ packets }) => packets === null))('$name', ({ container, bytes }) => {
    for (const size of CHUNKS) expect(demux(container, bytes, size).error?.message).toMatch(/^(it|its|there) \w+/);
  });
});

it.each(SMALL)(
  'says of $name, cut off at any byte, that it breaks off, and gives what is there',
  ({ container, bytes, packets }) => {
    let silent = 0;
    for (let length = 0; length < bytes.length; length += 1) {
      const { packets: heard, error } = demux(container, bytes.subarray(0, length), 1_000);
      expect(heard).toEqual(packets?.slice(0, heard.length));
      if (!error) silent += 1;
    }
    // Ogg has no other place for its length than the last page: what was recorded often has none.
    const pageEnds = [...bytes.toString('latin1').matchAll(/OggS/g)].length - 2;
    expect(silent).toBeLessThanOrEqual(Math.max(0, pageEnds));
    expect(demux(container, bytes.subarray(0, -1)).packets.length).toBeGreaterThan(10);
  },
);

it('takes whatever was changed in a file for what it is: no crash, no hang, no silence, nothing invented', () => {
  const { whole, in_part, errors, slowest_ms, ...bad } = mutate(SMALL, 8_000);
  expect(bad).toEqual({ mutations: 8_000, silent: 0, crashes: 0, hangs: 0, invented: 0 });
  expect(whole + in_part + errors).toBe(8_000);
  expect(slowest_ms).toBeLessThan(1_000);
  for (const some of [whole, in_part, errors]) expect(some).toBeGreaterThan(500);
});

describe('costs no more than its length', () => {
  const PACKETS = somePackets(10);
  const began = songPages(PACKETS).slice(0, 2);
  const page = Buffer.concat([Buffer.from('OggS\u0000'), Buffer.alloc(21), Buffer.from([255])]);
  const same = write.track({ encodings: write.stripping(Buffer.alloc(200 * 1024)) });

  it.each([
    ['what looks like a page every few bytes', 'ogg-opus', Buffer.concat([...began, Buffer.alloc(1024 * 1024, page)])],
    ['packets that all begin with the same 200 kilobytes', 'webm-opus', write.webm(PACKETS, same)],
    [
      'clusters that are none',
      'webm-opus',
      Buffer.concat([write.webm(PACKETS), Buffer.alloc(1024 * 1024, Buffer.from('1f43b67588', 'hex'))]),
    ],
  ] as const)('%s', (_name, container, bytes) => {
    const before = process.cpuUsage();
    expect(demux(container, bytes, 65_536).error).not.toBeNull();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(500);
  });
});
