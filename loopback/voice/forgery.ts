import { seededBytes } from '../seeded.ts';
import { OPUS_PAYLOAD_TYPE } from './rtp.ts';

const LONGEST = 2_000;
const SHORT = 16;
const RECEIVER_REPORT = 201;
const BODY = 1_200;

const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

/** Datagrams of 0 to 2,000 random bytes; every second one has no more than 16, as readers of headers stumble over those. */
export const noiseDatagrams = (count: number, random: () => number): Buffer[] =>
  Array.from({ length: count }, (_, index) =>
    seededBytes(random, below(random, index % 2 === 0 ? SHORT + 1 : LONGEST + 1)),
  );

/** Begins as a voice packet of that SSRC does, and goes on with nonsense. */
export function forgedRtp(ssrc: number, random: () => number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(OPUS_PAYLOAD_TYPE, 1);
  header.writeUInt16BE(below(random, 0x1_0000), 2);
  header.writeUInt32BE(below(random, 2 ** 32), 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, seededBytes(random, below(random, BODY))]);
}

/** Begins as an RTCP receiver report from and about that SSRC, and goes on with nonsense. */
export function forgedRtcp(ssrc: number, random: () => number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x81, 0);
  header.writeUInt8(RECEIVER_REPORT, 1);
  header.writeUInt16BE(below(random, 0x1_0000), 2);
  header.writeUInt32BE(ssrc, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, seededBytes(random, below(random, BODY))]);
}
