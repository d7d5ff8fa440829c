import { FULL_SEGMENT, type OggPage } from './ogg-page.ts';
import { OggPages } from './ogg-pages.ts';
import { packetMs } from './opus-packet.ts';
import { DemuxError, MAX_LOST_BYTES, type OnHead, type OpusParser } from './opus-parser.ts';

const HEAD = Buffer.from('OpusHead');
const TAGS = Buffer.from('OpusTags');
/** The longest packet of one or two channels that must be taken (RFC 7845, 6). */
const MAX_PACKET_BYTES = 61_440;
const SAMPLES_PER_MS = 48;

/** The beginning of a packet that goes on in the next page; 'passed' when nobody needs it. */
type Open = Buffer[] | 'passed' | null;

/** Opus packets of Ogg (RFC 3533, RFC 7845): of the first Opus stream, and of that of each song that is chained to it. */
export class OggParser implements OpusParser {
  readonly #onHead: OnHead;
  readonly #pages = new OggPages();
  /** The stream that is played, or null while none is known. */
  #serial: number | null = null;
  /** All streams of a song begin before the first of them goes on; a stream that begins later is of the next song. */
  #goesOn = false;
  #sequence = 0;
  #ended = false;
  #strayed = false;
  #ownAt = 0;
  #tagsDue = false;
  #page: OggPage | null = null;
  #segment = 0;
  #offset = 0;
  #open: Open = null;
  #count = 0;
  #songMs = 0;
  #placed = false;
  #nextMs = 0;
  #timeMs = 0;

  constructor(onHead: OnHead) {
    this.#onHead = onHead;
  }

  get timeMs(): number {
    return this.#timeMs;
  }

  get complete(): boolean {
    return this.#ended && this.#count > 0 && this.#isWhole;
  }

  feed(chunk: Buffer): void {
    this.#pages.feed(chunk);
  }

  next(): Buffer | null {
    for (;;) {
      const packet = this.#page && this.#nextOf(this.#page);
      if (packet) {
        this.#count += 1;
        this.#timeMs = this.#nextMs;
        this.#nextMs += packetMs(packet);
        return packet;
      }
      const page = this.#pages.next();
      if (!page) return null;
      if (page.isFirst) this.#begin(page);
      else this.#goOn(page);
    }
  }

  /** Streams that were recorded often end without saying so, and behind those that do anything may stand. */
  finish(): void {
    if (!this.#goesOn || (!this.#ended && !this.#isWhole)) throw new DemuxError('it breaks off');
    if (this.#count === 0) throw new DemuxError('there is no sound in it');
  }

  get #isWhole(): boolean {
    return this.#pages.clear && this.#open === null && !this.#strayed;
  }

  #begin(page: OggPage): void {
    if (this.#goesOn) {
      this.#serial = null;
      this.#goesOn = false;
      this.#ended = false;
      this.#songMs = this.#nextMs;
    }
    const head = page.slice(page.bodyAt, page.length);
    if (this.#serial !== null || !startsWith(head, HEAD)) return;
    this.#serial = page.serial;
    this.#sequence = page.sequence;
    this.#open = null;
    this.#tagsDue = true;
    this.#placed = false;
    this.#onHead(head);
  }

  #goOn(page: OggPage): void {
    this.#goesOn = true;
    if (this.#serial === null) throw new DemuxError('there is no Opus in it, or it begins in the middle');
    this.#strayed = page.serial !== this.#serial;
    if (this.#strayed) {
      const away = this.#pages.position - this.#ownAt;
      if (!this.#ended && away > MAX_LOST_BYTES) throw new DemuxError('its sound goes away');
      return;
    }
    const isNext = page.sequence === (this.#sequence + 1) >>> 0;
    if (!isNext) this.#placed = false;
    this.#open = page.isContinued ? ((isNext ? this.#open : null) ?? 'passed') : null;
    this.#sequence = page.sequence;
    this.#ended = page.isLast;
    this.#ownAt = this.#pages.position;
    this.#page = page;
    this.#segment = 0;
    this.#offset = page.bodyAt;
    if (!this.#placed) this.#place(page);
  }

  /** The next packet that ends in this page, or null when there is none any more. */
  #nextOf(page: OggPage): Buffer | null {
    let from = this.#offset;
    let to = from;
    while (this.#segment < page.segments) {
      const size = page.segmentBytes(this.#segment);
      this.#segment += 1;
      to += size;
      if (size === FULL_SEGMENT) continue;
      this.#offset = to;
      const packet = this.#close(page.slice(from, to));
      if (packet) return packet;
      from = to;
    }
    this.#page = null;
    if (page.segmentBytes(page.segments - 1) === FULL_SEGMENT && page.segments > 0) this.#keep(page.slice(from, to));
    return null;
  }

  /** A packet whose last part is this; null when it is none of sound. */
  #close(part: Buffer): Buffer | null {
    const open = this.#open;
    this.#open = null;
    if (open === 'passed') return null;
    const packet = open ? Buffer.concat([...open, part]) : part;
    if (this.#tagsDue && startsWith(packet, TAGS)) {
      this.#tagsDue = false;
      return null;
    }
    return packet.length > 0 ? packet : null;
  }

  /** Tags may be megabytes, with pictures in them: they go by page for page. */
  #keep(part: Buffer): void {
    if (this.#open === 'passed') return;
    const parts = this.#open ?? [];
    parts.push(part);
    const length = parts.reduce((sum, { length }) => sum + length, 0);
    const isTags = this.#tagsDue && parts[0] === part && startsWith(part, TAGS);
    if (isTags) this.#tagsDue = false;
    this.#open = isTags || length > MAX_PACKET_BYTES ? 'passed' : parts;
  }

  /** Pages say when they end; when their packets begin follows from what is in them. */
  #place(page: OggPage): void {
    const { granule } = page;
    if (granule === null) return;
    let soundMs = 0;
    let at = page.bodyAt;
    let begins = !page.isContinued;
    for (let index = 0; index < page.segments; index += 1) {
      const size = page.segmentBytes(index);
      const isTags = this.#tagsDue && startsWith(page.slice(at, at + size), TAGS);
      if (begins && size > 0 && !isTags) soundMs += packetMs(page.slice(at, at + size));
      at += size;
      begins = size < FULL_SEGMENT;
    }
    this.#placed = soundMs > 0;
    this.#nextMs = this.#songMs + Math.max(0, granule / SAMPLES_PER_MS - soundMs);
  }
}

const startsWith = (bytes: Buffer, start: Buffer): boolean => bytes.subarray(0, start.length).equals(start);
