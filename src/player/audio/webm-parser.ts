import { ByteWindow } from './byte-window.ts';
import { elementSize, elementsOf, numberLength, UNKNOWN_SIZE, unsigned, withoutMarker } from './ebml.ts';
import { packetMs } from './opus-packet.ts';
import { DemuxError, MAX_LOST_BYTES, type OnHead, type OpusParser } from './opus-parser.ts';
import { framesOf } from './webm-lacing.ts';
import { opusTrackOf, type OpusTrack } from './webm-track.ts';

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TRACKS = 0x1654ae6b;
const CLUSTER = Buffer.from('1f43b675', 'hex');
const TIMESTAMP = 0xe7;
const TIMESTAMP_SCALE = 0x2ad7b1;

type Treatment = 'skip' | 'enter' | 'read' | 'block';

/**
 * Every element that can stand where this parser goes (RFC 9559, 5.1), so that anything else is damage. Ids say by themselves
 * on which level they are, so it need not be known where a Segment or Cluster ends.
 */
const ELEMENTS: ReadonlyMap<number, Treatment> = new Map([
  [EBML, 'skip'],
  [SEGMENT, 'enter'],
  [0x114d9b74, 'skip'], // SeekHead
  [INFO, 'read'],
  [TRACKS, 'read'],
  [0x1c53bb6b, 'skip'], // Cues
  [0x1941a469, 'skip'], // Attachments
  [0x1043a770, 'skip'], // Chapters
  [0x1254c367, 'skip'], // Tags
  [CLUSTER.readUInt32BE(), 'enter'],
  [TIMESTAMP, 'read'],
  [0x5854, 'skip'], // SilentTracks
  [0xa7, 'skip'], // Position
  [0xab, 'skip'], // PrevSize
  [0xa3, 'block'], // SimpleBlock
  [0xaf, 'skip'], // EncryptedBlock
  [0xa0, 'enter'], // BlockGroup
  [0xa1, 'block'], // Block
  [0xa2, 'skip'], // BlockVirtual
  [0x75a1, 'skip'], // BlockAdditions
  [0x9b, 'skip'], // BlockDuration
  [0xfa, 'skip'], // ReferencePriority
  [0xfb, 'skip'], // ReferenceBlock
  [0xfd, 'skip'], // ReferenceVirtual
  [0xa4, 'skip'], // CodecState
  [0x75a2, 'skip'], // DiscardPadding
  [0x8e, 'skip'], // Slices
  [0xc8, 'skip'], // ReferenceFrame
  [0xec, 'skip'], // Void
  [0xbf, 'skip'], // CRC-32
]);

/** Blocks of sound are a few kilobytes, headers that are read a few hundred bytes, with the private data of video more. */
const MAX_READ_BYTES = 256 * 1024;
/** Behind a block's track number: when it is, and its flags. */
const BLOCK_HEADER_BYTES = 3;

/** Opus packets of WebM and Matroska (RFC 9559). */
export class WebmParser implements OpusParser {
  readonly #onHead: OnHead;
  readonly #window = new ByteWindow();
  #track: OpusTrack | null = null;
  /** Where the elements end that said how long they are. */
  #promised = 0;
  /** Where the Segment said that it ends; live files do not. */
  #segmentEnd: number | null = null;
  /** Where it began to be damaged, while the next Cluster is looked for. */
  #lostAt: number | null = null;
  #frames: readonly Buffer[] = [];
  #frame = 0;
  #count = 0;
  #timestampMs = 1;
  #clusterMs = 0;
  #nextMs = 0;
  #timeMs = 0;

  constructor(onHead: OnHead) {
    this.#onHead = onHead;
  }

  get timeMs(): number {
    return this.#timeMs;
  }

  get complete(): boolean {
    const { clear, position } = this.#window;
    const whole = clear && this.#lostAt === null && this.#count > 0 && position >= this.#promised;
    return whole && this.#segmentEnd !== null && position >= this.#segmentEnd;
  }

  feed(chunk: Buffer): void {
    this.#window.feed(chunk);
  }

  next(): Buffer | null {
    for (;;) {
      const frame = this.#frames[this.#frame];
      if (!frame) {
        if (!this.#readElement()) return null;
        continue;
      }
      this.#frame += 1;
      if (frame.length === 0) continue;
      this.#count += 1;
      this.#timeMs = this.#nextMs;
      this.#nextMs += packetMs(frame);
      return frame;
    }
  }

  finish(): void {
    const { clear, position } = this.#window;
    if (!clear || this.#lostAt !== null || position < this.#promised) throw new DemuxError('it breaks off');
    if (this.#count === 0) throw new DemuxError('there is no sound in it');
  }

  /** Goes over one element, or over a step of the search for one. False when more bytes are needed. */
  #readElement(): boolean {
    const window = this.#window;
    if (this.#lostAt !== null) {
      const found = window.find(CLUSTER);
      if (window.position - this.#lostAt > MAX_LOST_BYTES) throw new DemuxError('it is damaged');
      if (!found) return false;
      this.#lostAt = null;
    }
    if (!window.has(1)) return false;
    const idLength = numberLength(window.bytes[window.at] ?? 0);
    if (idLength > 4) return this.#lose();
    if (!window.has(idLength + 1)) return false;
    const sizeLength = numberLength(window.bytes[window.at + idLength] ?? 0);
    const { at } = window;
    const id = unsigned(window.bytes, at, idLength);
    if (sizeLength > 8 || (window.position === 0 && id !== EBML)) return this.#lose();
    const start = idLength + sizeLength;
    if (!window.has(start)) return false;
    return this.#treat(id, start, elementSize(window.bytes, window.at + idLength, sizeLength));
  }

  #treat(id: number, start: number, size: number): boolean {
    const window = this.#window;
    const treatment = ELEMENTS.get(id);
    if (treatment === undefined) return this.#lose();
    if (treatment === 'enter') {
      window.skip(start);
      if (size === UNKNOWN_SIZE) return true;
      this.#promised = Math.max(this.#promised, window.position + size);
      if (id === SEGMENT) this.#segmentEnd = window.position + size;
      return true;
    }
    if (size === UNKNOWN_SIZE) return this.#lose();
    if (treatment === 'block') return this.#readBlock(start, size);
    if (treatment === 'read') return this.#read(id, start, size);
    window.skip(start + size);
    return true;
  }

  #read(id: number, start: number, size: number): boolean {
    const window = this.#window;
    if (size > MAX_READ_BYTES) return this.#lose();
    if (!window.has(start + size)) return false;
    const from = window.at + start;
    const content = window.bytes.subarray(from, from + size);
    window.skip(start + size);
    if (id === TIMESTAMP) this.#clusterMs = unsigned(content, 0, Math.min(size, 8)) * this.#timestampMs;
    else if (id === INFO) this.#timestampMs = timestampMsOf(content);
    else {
      this.#track = opusTrackOf(content);
      this.#onHead(this.#track.head);
    }
    return true;
  }

  /** Blocks of other tracks, which may be large pictures, are passed by without being kept. */
  #readBlock(start: number, size: number): boolean {
    const window = this.#window;
    if (!this.#track) throw new DemuxError('its sound begins before it says what it is');
    if (!window.has(start + Math.min(size, 1))) return false;
    const numberBytes = numberLength(window.bytes[window.at + start] ?? 0);
    const header = start + numberBytes + BLOCK_HEADER_BYTES;
    if (numberBytes > 8 || header > start + size) return this.#lose();
    if (!window.has(header)) return false;
    const ours = withoutMarker(window.bytes, window.at + start, numberBytes) === this.#track.number;
    if (ours && size > MAX_READ_BYTES) return this.#lose();
    if (ours && !window.has(start + size)) return false;
    const { bytes, at } = window;
    window.skip(start + size);
    if (!ours) return true;
    const flags = bytes[at + header - 1] ?? 0;
    this.#nextMs = this.#clusterMs + bytes.readInt16BE(at + header - BLOCK_HEADER_BYTES) * this.#timestampMs;
    this.#take(bytes.subarray(at + header, at + start + size), (flags & 0x06) >> 1, this.#track.stripped);
    return true;
  }

  #take(body: Buffer, lacing: number, stripped: Buffer): void {
    const frames = lacing === 0 ? [body] : framesOf(body, lacing);
    this.#frames = stripped.length === 0 ? frames : frames.map((frame) => Buffer.concat([stripped, frame]));
    this.#frame = 0;
  }

  /** What stands here makes no sense. Behind the headers, the next Cluster goes on. */
  #lose(): true {
    if (!this.#track) throw new DemuxError(this.#window.position === 0 ? 'it is no Matroska' : 'its header is damaged');
    this.#lostAt = this.#window.position;
    this.#window.skip(1);
    return true;
  }
}

/** How long one tick of the file's timestamps is; a nanosecond a million times unless told. */
function timestampMsOf(info: Buffer): number {
  for (const { id, content } of elementsOf(info)) {
    if (id === TIMESTAMP_SCALE) return unsigned(content, 0, Math.min(content.length, 8)) / 1_000_000;
  }
  return 1;
}
