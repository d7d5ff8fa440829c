import { seeded, seededBytes } from '../../loopback/seeded.ts';

/** A file of a form that demuxers stumble over, and what must come out of it. */
export interface Case {
  readonly name: string;
  readonly container: 'webm-opus' | 'ogg-opus';
  readonly bytes: Buffer;
  /** Every packet, in order; null where there must be a clear error instead, so that ffmpeg can try. */
  readonly packets: readonly Buffer[] | null;
  /** The packets are right and may still not be sent as they are: channels or gain that a decoder must apply. */
  readonly unfit?: boolean;
}

/** The same packets each time, of 20 ms and no two alike; every tenth is longer than one segment of Ogg. */
export function somePackets(count = 100, toc = 0xfc): Buffer[] {
  const random = seeded(count);
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([Buffer.from([toc]), seededBytes(random, (index % 10 === 9 ? 400 : 60) + Math.floor(random() * 40))]),
  );
}
