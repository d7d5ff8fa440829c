const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;

/** Up to the table of segments (RFC 3533, 6). */
export const HEADER_BYTES = 27;
/** A segment of this length goes on in the next. */
export const FULL_SEGMENT = 255;

/** One whole page of an Ogg file (RFC 3533, 6), in the two pieces in which it may have come. */
export class OggPage {
  readonly #first: Buffer;
  readonly #second: Buffer;
  readonly segments: number;
  /** Where the segments begin, one behind the other. */
  readonly bodyAt: number;

  /** The header is in the first piece. */
  constructor(first: Buffer, second: Buffer) {
    this.#first = first;
    this.#second = second;
    this.segments = first.readUInt8(HEADER_BYTES - 1);
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
    const high = this.#first.readInt32LE(10);
    return high < 0 ? null : high * 2 ** 32 + this.#first.readUInt32LE(6);
  }

  /** Says to which logical stream it belongs. */
  get serial(): number {
    return this.#first.readUInt32LE(14);
  }

  /** Counts the pages of its logical stream. */
  get sequence(): number {
    return this.#first.readUInt32LE(18);
  }

  get length(): number {
    return this.#first.length + this.#second.length;
  }

  /** Some of its bytes; copied only where they lie across the pieces. */
  slice(from: number, to: number): Buffer {
    const first = this.#first;
    if (to <= first.length) return first.subarray(from, to);
    const second = this.#second.subarray(Math.max(0, from - first.length), to - first.length);
    return from >= first.length ? second : Buffer.concat([first.subarray(from), second]);
  }

  /** How long a segment is. */
  segmentBytes(index: number): number {
    return this.#first[HEADER_BYTES + index] ?? 0;
  }

  get #flags(): number {
    return this.#first.readUInt8(5);
  }
}
