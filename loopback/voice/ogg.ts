const CAPTURE = Buffer.from('OggS');
const PAGE_HEADER = 27;
const WHOLE_SEGMENT = 255;

interface LogicalStream {
  readonly opus: boolean;
  /** OpusHead and OpusTags come before the sound (RFC 7845, section 3). */
  headers: number;
  /** The beginning of a packet that goes on in the next page. */
  started: Buffer[];
}

/** The Opus packets of an Ogg file (RFC 3533, RFC 7845): packets over several pages, chained and multiplexed streams included. */
export function oggOpusPackets(bytes: Buffer): readonly Buffer[] {
  const streams = new Map<number, LogicalStream>();
  const sound: Buffer[] = [];
  for (const { serial, first, continued, segments } of pagesOf(bytes)) {
    let stream = first ? undefined : streams.get(serial);
    // A packet whose rest was lost is no packet.
    if (stream && !continued) stream.started = [];
    for (const { segment, last } of segments) {
      if (!stream) {
        stream = { opus: segment.subarray(0, 8).toString('latin1') === 'OpusHead', headers: 2, started: [] };
        streams.set(serial, stream);
      }
      stream.started.push(segment);
      if (!last) continue;
      const packet = Buffer.concat(stream.started);
      stream.started = [];
      if (stream.headers > 0) stream.headers -= 1;
      else if (stream.opus && packet.length > 0) sound.push(packet);
    }
  }
  return sound;
}

interface Page {
  readonly serial: number;
  readonly first: boolean;
  readonly continued: boolean;
  readonly segments: readonly { readonly segment: Buffer; readonly last: boolean }[];
}

function* pagesOf(bytes: Buffer): Generator<Page> {
  let at = bytes.indexOf(CAPTURE);
  while (at >= 0 && at + PAGE_HEADER <= bytes.length) {
    const flags = bytes.readUInt8(at + 5);
    const count = bytes.readUInt8(at + 26);
    const lacing = bytes.subarray(at + PAGE_HEADER, at + PAGE_HEADER + count);
    let offset = at + PAGE_HEADER + count;
    const end = lacing.reduce((sum, length) => sum + length, offset);
    if (lacing.length < count || end > bytes.length) return; // cut off
    const segments = Array.from(lacing, (length) => {
      const segment = bytes.subarray(offset, offset + length);
      offset += length;
      return { segment, last: length < WHOLE_SEGMENT };
    });
    yield {
      serial: bytes.readUInt32LE(at + 14),
      first: (flags & 2) !== 0,
      continued: (flags & 1) !== 0,
      segments,
    };
    at = bytes.indexOf(CAPTURE, end);
  }
}
