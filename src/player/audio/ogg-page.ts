const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;

/** Up to the table of segments (RFC 3533, 6). */
export const HEADER_BYTES = 27;
/** A segment of this length goes on in the next. */
export const FULL_SEGMENT = 255;

/** One whole page of an Ogg file (RFC 3533, 6). */
export class OggPage {
  readonly bytes: Buffer;
  readonly segments: number;
  /** Where the segments begin, one behind the other. */
  readonly bodyAt: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.segments = bytes.readUInt8(HEADER_BYTES - 1);
    this.bodyAt = HEADER_BYTES + this.segments;
  }

  /** Its first packet began in an earlier page. */
  get isContinued(): boolean {
    return (this.#flags & CONTINUED) !== 0;
  }

  /** It begins a logical stream. */
  get isFirst(): boolean {
    return (this.#flags & FIRST) !== 0;
  }

  /** It ends a logical stream. */
  get isLast(): boolean {
    return (this.#flags & LAST) !== 0;
  }

  /** The time, in samples of 48 kHz, at which the last packet ends that ends here (RFC 7845, 4); null when none does. */
  get granule(): number | null {
    const high = this.bytes.readInt32LE(10);
    return high < 0 ? null : high * 2 ** 32 + this.bytes.readUInt32LE(6);
  }

  /** Says to which logical stream it belongs. */
  get serial(): number {
    return this.bytes.readUInt32LE(14);
  }

  /** Counts the pages of its logical stream. */
  get sequence(): number {
    return this.bytes.readUInt32LE(18);
  }

  /** How long a segment is. */
  segmentBytes(index: number): number {
    return this.bytes[HEADER_BYTES + index] ?? 0;
  }

  get #flags(): number {
    return this.bytes.readUInt8(5);
  }
}
