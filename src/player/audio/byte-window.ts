const EMPTY = Buffer.alloc(0);
/** How much is looked through at once where a pattern may lie across two chunks. */
const SEARCH_BYTES = 4_096;
/** More than was asked for, as the next question is often for a little more. */
const ROOM_BYTES = 64;

/**
 * The bytes of a stream that were not read yet. Every byte is copied a few times at most, however small the chunks are in
 * which it comes, and what is passed over is not kept. Feed it only when `has` or `find` said that more is needed.
 */
export class ByteWindow {
  #bytes: Buffer = EMPTY;
  #at = 0;
  /** Where the bytes end; behind it a buffer of ours has room. */
  #end = 0;
  /** What came behind these bytes, in another chunk. */
  #later: Buffer = EMPTY;
  #toSkip = 0;
  #position = 0;

  /** The bytes from `at` on can be read here, as many as `has` said are there. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get at(): number {
    return this.#at;
  }

  /** How many bytes of the stream were passed. */
  get position(): number {
    return this.#position;
  }

  /** True when nothing is begun: all bytes were passed, and all that was to be passed has come. */
  get clear(): boolean {
    return this.#available === 0 && this.#toSkip === 0;
  }

  feed(chunk: Buffer): void {
    const dropped = Math.min(this.#toSkip, chunk.length);
    this.#toSkip -= dropped;
    this.#later = dropped === 0 ? chunk : chunk.subarray(dropped);
    this.#turnOver();
  }

  /** Whether this many bytes are there, in one piece. */
  has(length: number): boolean {
    if (this.#at + length <= this.#end) return true;
    this.#turnOver();
    if (this.#at + length > this.#end && this.#later.length > 0) this.#gather(length);
    return this.#at + length <= this.#end;
  }

  /** Whether this many bytes are there, in one piece or in two, which `slice` and `take` can give without a copy of all. */
  holds(length: number): boolean {
    return this.#available >= length || this.has(length);
  }

  /** So many of the bytes that it holds, from an offset on. */
  slice(offset: number, length: number): Buffer {
    const from = this.#at + offset;
    const to = from + length;
    if (to <= this.#end) return this.#bytes.subarray(from, to);
    const later = this.#later.subarray(Math.max(0, from - this.#end), to - this.#end);
    return from >= this.#end ? later : Buffer.concat([this.#bytes.subarray(from, this.#end), later]);
  }

  /** Takes so many of the bytes that it holds, in the pieces in which they came; the second may be empty. */
  take(length: number): readonly [Buffer, Buffer] {
    const here = Math.min(length, this.#end - this.#at);
    const pieces = [this.slice(0, here), this.slice(here, length - here)] as const;
    this.skip(length);
    return pieces;
  }

  /** Passes these bytes, also those that are still to come. */
  skip(length: number): void {
    this.#position += length;
    const here = Math.min(length, this.#end - this.#at);
    this.#at += here;
    const later = Math.min(length - here, this.#later.length);
    if (later > 0) this.#later = this.#later.subarray(later);
    this.#toSkip += length - here - later;
  }

  /** Passes everything that cannot begin `pattern`; true when the pattern is there. */
  find(pattern: Buffer): boolean {
    while (this.has(Math.max(pattern.length, Math.min(this.#available, SEARCH_BYTES)))) {
      const found = this.#bytes.subarray(this.#at, this.#end).indexOf(pattern);
      this.skip(found >= 0 ? found : this.#end - this.#at - pattern.length + 1);
      if (found >= 0) return true;
    }
    return false;
  }

  get #available(): number {
    return this.#end - this.#at + this.#later.length;
  }

  #turnOver(): void {
    if (this.#at < this.#end) return;
    this.#bytes = this.#later;
    this.#at = 0;
    this.#end = this.#later.length;
    this.#later = EMPTY;
  }

  /** Brings what is here and what came later together, as far as it is needed. */
  #gather(length: number): void {
    if (this.#at + length > this.#bytes.length) {
      const joined = Buffer.allocUnsafe(length + ROOM_BYTES);
      this.#end = this.#bytes.copy(joined, 0, this.#at, this.#end);
      this.#bytes = joined;
      this.#at = 0;
    }
    const taken = this.#later.copy(this.#bytes, this.#end, 0, this.#at + length - this.#end);
    this.#end += taken;
    this.#later = this.#later.subarray(taken);
  }
}
