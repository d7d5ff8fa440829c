import { ByteWindow } from './byte-window.ts';
import { pageChecksum } from './ogg-checksum.ts';
import { HEADER_BYTES, OggPage } from './ogg-page.ts';
import { DemuxError, MAX_LOST_BYTES } from './opus-parser.ts';

/** What every page begins with, the only version of the format included. */
const CAPTURE = Buffer.from('OggS\0');
const CHECKSUM_AT = 22;

/** Cuts a stream of bytes into the pages of an Ogg file. What is no page, or a damaged one, is passed over where that is seen. */
export class OggPages {
  readonly #window = new ByteWindow();
  /** Where it began to be damaged, while the next page is looked for. */
  #lostAt: number | null = null;
  #checked = 0;

  get position(): number {
    return this.#window.position;
  }

  /** Between two pages. */
  get clear(): boolean {
    return this.#window.clear && this.#lostAt === null;
  }

  feed(chunk: Buffer): void {
    this.#window.feed(chunk);
  }

  /** The next page, or null when more bytes are needed. */
  next(): OggPage | null {
    const window = this.#window;
    while (this.#isFound() && window.has(HEADER_BYTES)) {
      const header = HEADER_BYTES + (window.bytes[window.at + HEADER_BYTES - 1] ?? 0);
      if (!window.has(header)) return null;
      let length = header;
      for (let at = HEADER_BYTES; at < header; at += 1) length += window.bytes[window.at + at] ?? 0;
      if (!window.holds(length)) return null;
      if (this.#isSound(length)) {
        this.#lostAt = null;
        return new OggPage(...window.take(length));
      }
      this.#lose();
    }
    return null;
  }

  /** One that was searched for, or that none seems to follow, has to prove itself. Its checksum costs more than all the rest. */
  #isSound(length: number): boolean {
    const window = this.#window;
    const followed = window.holds(length + CAPTURE.length);
    if (this.#lostAt === null && (!followed || captures(window, length))) return true;
    // What looks like the beginning of a page may stand every five bytes: without a limit, one chunk of that takes seconds.
    this.#checked += length;
    if (this.#checked > window.position + MAX_LOST_BYTES) throw new DemuxError('it is damaged');
    const page = window.slice(0, length);
    return page.readUInt32LE(CHECKSUM_AT) === pageChecksum(page);
  }

  /** Whether a page seems to begin here, after a search where need be. */
  #isFound(): boolean {
    const window = this.#window;
    if (this.#lostAt === null) {
      if (!window.has(CAPTURE.length)) return false;
      if (captures(window, 0)) return true;
      if (window.position === 0) throw new DemuxError('it is no Ogg');
      this.#lose();
    }
    const found = window.find(CAPTURE);
    if (window.position - (this.#lostAt ?? 0) > MAX_LOST_BYTES) throw new DemuxError('it is damaged');
    return found;
  }

  #lose(): void {
    this.#lostAt ??= this.#window.position;
    this.#window.skip(1);
  }
}

const captures = (window: ByteWindow, offset: number): boolean => window.slice(offset, CAPTURE.length).equals(CAPTURE);
