import type { IncomingHttpHeaders } from 'node:http';
import type { HttpAnswer } from './http-client.ts';
import { ChangedError } from './resumable-remedy.ts';

/** So many bytes before the place are asked for again, and must be those that were handed out. */
export const OVERLAP_BYTES = 1_024;

/** What is known of a file, over all readings of it: enough to notice when an answer is of another one. */
export class FileIdentity {
  #totalBytes: number | null = null;
  #packed = false;
  #first: Pick<HttpAnswer, 'headers' | 'url'> | null = null;

  /** The length of the whole, or null while no server has told it. */
  get totalBytes(): number | null {
    return this.#totalBytes;
  }

  /** The ranges of its server are of something else than its bytes. */
  get packed(): boolean {
    return this.#packed;
  }

  /** The value of If-Range (RFC 9110, 13.1.5): only a strong tag or a date may stand there. */
  get condition(): string | null {
    const etag = this.#first?.headers.etag;
    return etag?.startsWith('"') ? etag : (this.#first?.headers['last-modified'] ?? null);
  }

  /** Throws ChangedError when an answer, by what it tells of itself, cannot be of the file of which `position` bytes were read. */
  check({ totalBytes, url, headers }: HttpAnswer, position: number): void {
    if (totalBytes !== null && totalBytes !== (this.#totalBytes ?? Math.max(totalBytes, position)))
      throw new ChangedError();
    // Mirrors of a file each have a tag and a date of their own.
    if (url.origin === this.#first?.url.origin && differ(headers, this.#first.headers)) throw new ChangedError();
  }

  /** Believes an answer what it tells: the first one, or one that went on at the place. */
  accept({ totalBytes, url, headers, packed }: HttpAnswer): void {
    this.#packed = packed;
    this.#totalBytes ??= totalBytes;
    if (url.origin !== this.#first?.url.origin) this.#first = { url, headers };
  }
}

/** The end of what one reading has handed out. */
export class ReadTail {
  #tail = Buffer.alloc(0);

  /** Keeps the end of what was handed out. */
  remember(chunk: Buffer): void {
    const joined = chunk.length >= OVERLAP_BYTES ? chunk : Buffer.concat([this.#tail, chunk]);
    this.#tail = Buffer.from(joined.subarray(-OVERLAP_BYTES));
  }

  /** Throws ChangedError unless `again`, which ends `before` bytes before the place, is what was handed out there. */
  compare(again: Buffer, before: number): void {
    const end = this.#tail.length - before;
    if (end <= 0) return;
    const known = this.#tail.subarray(Math.max(0, end - again.length), end);
    if (!again.subarray(again.length - known.length).equals(known)) throw new ChangedError();
  }
}

function differ(one: IncomingHttpHeaders, other: IncomingHttpHeaders): boolean {
  if (one.etag !== undefined && other.etag !== undefined) return opaque(one.etag) !== opaque(other.etag);
  const [date, otherDate] = [one['last-modified'], other['last-modified']];
  return date !== undefined && otherDate !== undefined && date !== otherDate;
}

const opaque = (etag: string) => etag.replace(/^W\//, '');
