/** Elements whose content is elements; everything else is a value or is skipped (RFC 8794, RFC 9559). */
const MASTERS: ReadonlySet<number> = new Set([
  0x18538067, // Segment
  0x1f43b675, // Cluster
  0x1654ae6b, // Tracks
  0xae, // TrackEntry
  0xa0, // BlockGroup
  0x6d80, // ContentEncodings
  0x6240, // ContentEncoding
  0x5034, // ContentCompression
]);
const TRACK_ENTRY = 0xae;
const TRACK_NUMBER = 0xd7;
const CODEC_ID = 0x86;
const COMPRESSION_SETTINGS = 0x4255;
const SIMPLE_BLOCK = 0xa3;
const BLOCK = 0xa1;

interface Track {
  number: number;
  codec: string;
  /** Bytes that the writer took off the front of every frame (header stripping, the only compression that WebM writers use). */
  stripped: Buffer;
}

/** The Opus packets of the first Opus track of a WebM or Matroska file: both kinds of blocks, every lacing, unknown sizes. */
export function webmOpusPackets(bytes: Buffer): readonly Buffer[] {
  const tracks: Track[] = [];
  const packets: Buffer[] = [];
  for (const { id, content } of elementsOf(bytes)) {
    const track = tracks.at(-1);
    if (id === TRACK_ENTRY) tracks.push({ number: 0, codec: '', stripped: Buffer.alloc(0) });
    else if (id === TRACK_NUMBER && track) track.number = content.readUIntBE(0, Math.min(content.length, 6));
    else if (id === CODEC_ID && track) track.codec = content.toString('latin1').replace(/\0+$/, '');
    else if (id === COMPRESSION_SETTINGS && track) track.stripped = content;
    else if (id === SIMPLE_BLOCK || id === BLOCK) {
      const opus = tracks.find(({ codec }) => codec === 'A_OPUS');
      const block = blockOf(content);
      if (!opus || block?.track !== opus.number) continue;
      packets.push(
        ...block.frames.map((frame) => (opus.stripped.length ? Buffer.concat([opus.stripped, frame]) : frame)),
      );
    }
  }
  return packets;
}

/** All elements in file order. Masters are entered without minding where they end, so unknown sizes need no care. */
function* elementsOf(bytes: Buffer): Generator<{ readonly id: number; readonly content: Buffer }> {
  let at = 0;
  while (at < bytes.length) {
    const id = vint(bytes, at, true);
    const size = id && vint(bytes, at + id.length, false);
    if (!id || !size) return;
    const start = at + id.length + size.length;
    const master = MASTERS.has(id.value);
    if (!master && start + size.value > bytes.length) return; // cut off
    yield { id: id.value, content: master ? bytes.subarray(start, start) : bytes.subarray(start, start + size.value) };
    at = master ? start : start + size.value;
  }
}

/** An EBML number of variable length; ids keep their length marker. */
function vint(bytes: Buffer, at: number, marked: boolean): { readonly value: number; readonly length: number } | null {
  const first = bytes[at];
  if (first === undefined || first === 0) return null;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return null;
  let value = marked ? first : first & (0xff >> length);
  for (const byte of bytes.subarray(at + 1, at + length)) value = value * 256 + byte;
  return { value, length };
}

function blockOf(content: Buffer): { readonly track: number; readonly frames: readonly Buffer[] } | null {
  const track = vint(content, 0, false);
  const flags = track && content[track.length + 2];
  if (!track || flags === undefined || flags === null) return null;
  const frames = unlace(content.subarray(track.length + 3), (flags & 0x06) >> 1);
  return frames && { track: track.value, frames };
}

/** The frames of a block: no lacing, Xiph's, fixed-size or EBML's (RFC 9559, section 10.3). Null when the sizes do not fit. */
function unlace(body: Buffer, lacing: number): readonly Buffer[] | null {
  const [last] = body;
  if (lacing === 0) return [body];
  if (last === undefined) return null;
  const rest = body.subarray(1);
  const sized = LACINGS[lacing]?.(rest, last);
  if (!sized) return null;
  const frames: Buffer[] = [];
  let at = sized.start;
  for (const size of sized.sizes) {
    frames.push(rest.subarray(at, at + size));
    at += size;
  }
  if (at > rest.length) return null;
  return [...frames, rest.subarray(at)];
}

/** How each lacing writes the sizes of all frames but the last, `count` of them. */
const LACINGS: Readonly<Record<number, (rest: Buffer, count: number) => { sizes: number[]; start: number } | null>> = {
  1(rest, count) {
    const sizes: number[] = [];
    let at = 0;
    while (sizes.length < count) {
      let size = 0;
      let byte = 255;
      while (byte === 255) {
        byte = rest[at] ?? -1;
        if (byte < 0) return null;
        size += byte;
        at += 1;
      }
      sizes.push(size);
    }
    return { sizes, start: at };
  },
  2: (rest, count) =>
    rest.length % (count + 1) === 0 ? { sizes: Array(count).fill(rest.length / (count + 1)), start: 0 } : null,
  3(rest, count) {
    const sizes: number[] = [];
    let at = 0;
    while (sizes.length < count) {
      const number = vint(rest, at, false);
      if (!number) return null;
      const previous = sizes.at(-1);
      // The first is a size; the others are differences, written with an offset so that they are never negative.
      const bias = 2 ** (7 * number.length - 1) - 1;
      const size = previous === undefined ? number.value : previous + number.value - bias;
      if (size < 0) return null;
      sizes.push(size);
      at += number.length;
    }
    return { sizes, start: at };
  },
};
