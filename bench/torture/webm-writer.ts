/** What a WebM or Matroska file is made of, written as RFC 8794 and RFC 9559 say; in no way like the player reads it. */
export type Part = Buffer | readonly Part[];

const join = (part: Part): Buffer => (Buffer.isBuffer(part) ? part : Buffer.concat(part.map(join)));

/** An element; `id` in hexadecimal, as in the RFC. Its size takes `sizeBytes`, or as few bytes as it can. */
export function element(id: string, content: Part, sizeBytes?: number): Buffer {
  const bytes = join(content);
  return Buffer.concat([Buffer.from(id, 'hex'), vint(bytes.length, sizeBytes), bytes]);
}

/** An element whose writer does not know how long it will be. */
export const endless = (id: string, content: Part): Buffer =>
  Buffer.concat([Buffer.from(`${id}01ffffffffffffff`, 'hex'), join(content)]);

export const unsigned = (value: number): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
};

/** A number of EBML, in `length` bytes or as few as it can have. */
export function vint(value: number, length = [1, 2, 3, 4, 5, 6].find((n) => value < 2 ** (7 * n) - 1) ?? 7): Buffer {
  const bytes = Buffer.alloc(length);
  let rest = value;
  for (let at = length - 1; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[0] = (bytes[0] ?? 0) | (0x80 >> (length - 1));
  return bytes;
}

export const EBML_HEADER = element('1a45dfa3', element('4282', Buffer.from('webm')));

/** An OpusHead (RFC 7845, 5.1). */
export function opusHead(channels = 2, gain = 0, family = 0): Buffer {
  const head = Buffer.from('OpusHead\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000', 'latin1');
  head.writeUInt8(channels, 9);
  head.writeUInt16LE(312, 10);
  head.writeUInt32LE(48_000, 12);
  head.writeInt16LE(gain, 16);
  head.writeUInt8(family, 18);
  return family === 0 ? head : Buffer.concat([head, Buffer.from([4, 2, 0, 4, 1, 2, 3, 5])]);
}

export interface TrackOptions {
  readonly number?: Buffer;
  readonly type?: number;
  readonly codec?: string;
  readonly head?: Buffer;
  readonly encodings?: Part;
}

export const track = ({ number = unsigned(1), type = 2, codec = 'A_OPUS', head, encodings = [] }: TrackOptions = {}) =>
  element('ae', [
    element('d7', number),
    element('73c5', unsigned(7)),
    element('83', unsigned(type)),
    element('86', Buffer.from(codec)),
    element('63a2', head ?? opusHead()),
    encodings,
    element('e1', [element('b5', Buffer.from('40e7700000000000', 'hex')), element('9f', unsigned(2))]),
  ]);

/** Header stripping: these bytes stand in front of every frame, but not in the file. */
export const stripping = (settings: Buffer): Buffer =>
  element(
    '6d80',
    element('6240', [
      element('5033', unsigned(0)),
      element('5034', [element('4254', unsigned(3)), element('4255', settings)]),
    ]),
  );

export const info = (scale = 1_000_000): Buffer =>
  element('1549a966', [element('2ad7b1', unsigned(scale)), element('4d80', Buffer.from('a writer'))]);

/** Attachments with one picture in them. */
export const attachment = (name: string, picture: Buffer): Buffer =>
  element(
    '1941a469',
    element('61a7', [
      element('466e', Buffer.from(name)),
      element('4660', Buffer.from('image/jpeg')),
      element('46ae', unsigned(1)),
      element('465c', picture),
    ]),
  );

/** What stands in a SimpleBlock or Block; `lacing` in the two bits of its flags that say so. */
export function block(body: Part, { number = vint(1), at = 0, lacing = 0 } = {}): Buffer {
  const header = Buffer.alloc(3);
  header.writeInt16BE(at);
  header[2] = 0x80 | (lacing << 1);
  return Buffer.concat([number, header, join(body)]);
}

export const simpleBlock = (body: Part, options?: Parameters<typeof block>[1]): Buffer =>
  element('a3', block(body, options));

export const blockGroup = (body: Part, options?: Parameters<typeof block>[1]): Buffer =>
  element('a0', [element('a1', block(body, options)), element('9b', unsigned(20)), element('75a2', unsigned(5))]);

/** Several frames as the body of one laced block. */
export const LACINGS: Readonly<Record<string, { readonly bits: number; readonly body: (frames: Buffer[]) => Buffer }>> =
  {
    Xiph: {
      bits: 1,
      body: (frames) =>
        laced(frames, (size) => Buffer.from([...Array<number>(Math.floor(size / 255)).fill(255), size % 255])),
    },
    fixed: { bits: 2, body: (frames) => laced(frames, () => Buffer.alloc(0)) },
    EBML: {
      bits: 3,
      body: (frames) =>
        laced(frames, (size, before) => {
          if (before === null) return vint(size);
          const length = Math.abs(size - before) < 63 ? 1 : 2;
          return vint(size - before + 2 ** (7 * length - 1) - 1, length);
        }),
    },
  };

function laced(frames: readonly Buffer[], sizeOf: (size: number, before: number | null) => Buffer): Buffer {
  const sizes = frames.slice(0, -1).map(({ length }, index) => sizeOf(length, frames[index - 1]?.length ?? null));
  return Buffer.concat([Buffer.from([frames.length - 1]), ...sizes, ...frames]);
}

export const cluster = (timestamp: number, blocks: Part): Buffer =>
  element('1f43b675', [element('e7', unsigned(timestamp)), blocks]);

export const file = (segment: Part): Buffer => Buffer.concat([EBML_HEADER, element('18538067', segment, 8)]);

/** A usual file: twenty packets of 20 ms a cluster, each in a SimpleBlock. */
export function webm(packets: readonly Buffer[], tracks: Part = track()): Buffer {
  return file([
    info(),
    element('1654ae6b', tracks),
    clusters(packets, (packet, at) => simpleBlock(packet, { at })),
    element('1c53bb6b', Buffer.alloc(40)),
  ]);
}

export function clusters(packets: readonly Buffer[], write: (packet: Buffer, at: number) => Part): Buffer[] {
  const groups = Array.from({ length: Math.ceil(packets.length / 20) }, (_, index) =>
    packets.slice(index * 20, index * 20 + 20),
  );
  return groups.map((group, index) =>
    cluster(
      index * 400,
      group.map((packet, place) => write(packet, place * 20)),
    ),
  );
}
