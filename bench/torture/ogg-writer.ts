import { opusHead } from './webm-writer.ts';

export interface PageOptions {
  readonly serial?: number;
  readonly sequence: number;
  readonly granule?: number;
  readonly first?: boolean;
  readonly last?: boolean;
  readonly continued?: boolean;
}

/** A page with these segments (RFC 3533, 6). */
export function page(segments: readonly Buffer[], options: PageOptions): Buffer {
  const { serial = 7, sequence, granule = -1, first, last, continued } = options;
  const header = Buffer.alloc(27);
  header.write('OggS');
  header[5] = (continued ? 1 : 0) | (first ? 2 : 0) | (last ? 4 : 0);
  header.writeBigInt64LE(BigInt(granule), 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = segments.length;
  const bytes = Buffer.concat([header, Buffer.from(segments.map(({ length }) => length)), ...segments]);
  bytes.writeUInt32LE(checksum(bytes), 22);
  return bytes;
}

/** Bit by bit as the RFC defines it: by the polynomial 0x04c11db7. */
export function checksum(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}

/** A packet in segments of 255 bytes and a shorter one. */
export const segmented = (packet: Buffer): Buffer[] =>
  Array.from({ length: Math.floor(packet.length / 255) + 1 }, (_, index) =>
    packet.subarray(index * 255, index * 255 + 255),
  );

export const tagsPacket = (extraBytes = 0): Buffer => {
  const tags = Buffer.concat([
    Buffer.from('OpusTags'),
    Buffer.from('060000007772697465720000', 'hex'),
    Buffer.alloc(2 + extraBytes),
  ]);
  tags.fill(0x41, 22);
  return tags;
};

export interface SongOptions {
  readonly serial?: number;
  readonly head?: Buffer;
  readonly tags?: Buffer;
  /** Segments a page; a packet goes on in the next where it does not fit. */
  readonly pageSegments?: number;
  readonly packetMs?: number;
}

/** The pages of one logical stream. */
export function songPages(packets: readonly Buffer[], options: SongOptions = {}): Buffer[] {
  const { serial = 7, head = opusHead(), tags = tagsPacket(), pageSegments = 50, packetMs = 20 } = options;
  const pages = [page(segmented(head), { serial, sequence: 0, granule: 0, first: true })];
  let ended = 0;
  const write = (segments: readonly Buffer[], perPage: number, isLast: boolean) => {
    let continued = false;
    for (let at = 0; at < segments.length; at += perPage) {
      const some = segments.slice(at, at + perPage);
      const ends = some.filter(({ length }) => length < 255).length;
      ended += ends;
      const granule = ends === 0 ? -1 : Math.max(0, ended - 1) * packetMs * 48;
      const last = isLast && at + perPage >= segments.length;
      pages.push(page(some, { serial, sequence: pages.length, granule, last, continued }));
      continued = some.at(-1)?.length === 255;
    }
  };
  write(segmented(tags), 255, packets.length === 0);
  if (packets.length > 0) write(packets.flatMap(segmented), pageSegments, true);
  return pages;
}

export const song = (packets: readonly Buffer[], options?: SongOptions): Buffer =>
  Buffer.concat(songPages(packets, options));
