import { createWriteStream, rm, type WriteStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import { isPlaylist } from './hls-playlist.ts';
import type { Copy } from './resumable.ts';
import { sniff } from './sniff.ts';

/** So much may wait for the disk. Whoever plays waits for none of it: a disk that is slower gets no copy. */
const MOST_WAITING = 4 * 1024 * 1024;
/** Enough to tell a list or a page from sound. */
const HEAD_BYTES = 1_024;

export interface CopyParts {
  readonly path: string;
  readonly totalBytes: number;
  /** So many bytes more are on the disk now, or less when it is negative. */
  readonly grew: (bytes: number) => void;
  /** All is written; `checksum` is its CRC-32. */
  readonly complete: (checksum: number) => void;
  /** It will not be complete, and removes itself; the error where the disk did not take it. */
  readonly failed: (error: Error | null) => void;
}

/** A file that is written while somebody reads it elsewhere. Exactly one of `complete` and `failed` is called. */
export class AudioCopy implements Copy {
  readonly #parts: CopyParts;
  readonly #file: WriteStream;
  #taken = 0;
  #checksum = 0;
  #head = Buffer.alloc(0);
  #over = false;

  constructor(parts: CopyParts) {
    this.#parts = parts;
    this.#file = createWriteStream(parts.path, { flags: 'wx', mode: 0o600 });
    this.#file.on('error', (error) => this.#fail(error));
    this.#file.on('close', () => {
      if (this.#file.writableFinished && this.#end()) parts.complete(this.#checksum);
    });
  }

  take(chunk: Buffer): void {
    if (this.#over) return;
    const { totalBytes } = this.#parts;
    if (this.#taken < HEAD_BYTES) this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEAD_BYTES)]);
    this.#taken += chunk.length;
    this.#checksum = crc32(chunk, this.#checksum);
    this.#parts.grew(chunk.length);
    this.#file.write(chunk);
    if (this.#taken > totalBytes || this.#file.writableLength > MOST_WAITING) this.#fail(null);
    else if (this.#taken === totalBytes && !isSound(this.#head)) this.#fail(null);
    else if (this.#taken === totalBytes) this.#file.end();
  }

  /** Who has taken all only waits for the disk, whatever becomes of the reader. */
  abandon(): void {
    if (this.#taken < this.#parts.totalBytes) this.#fail(null);
  }

  #fail(error: Error | null): void {
    if (!this.#end()) return;
    const { path, grew, failed } = this.#parts;
    grew(-this.#taken);
    this.#file.once('close', () => rm(path, { force: true }, () => undefined));
    this.#file.destroy();
    failed(error);
  }

  /** True the first time. */
  #end(): boolean {
    const first = !this.#over;
    this.#over = true;
    return first;
  }
}

/** What a list leads to is not in it, and a page is no sound. */
const isSound = (head: Buffer) => !isPlaylist(head) && sniff(head) !== 'page';
