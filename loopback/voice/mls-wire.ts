import { createHash } from 'node:crypto';

/** Thrown by `Reader` when the bytes end too early or say something impossible. */
export class MlsSyntaxError extends Error {}

/** Reads TLS presentation language with MLS's variable-size vectors (RFC 9420, section 2.1). */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new MlsSyntaxError('the message ends too early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  uint(length: 1 | 2 | 4): number {
    return this.take(length).readUIntBE(0, length);
  }

  uint64(): bigint {
    return this.take(8).readBigUInt64BE();
  }

  /** The content of a vector. */
  vector(): Buffer {
    const first = this.uint(1);
    const more = [0, 1, 3][first >> 6];
    if (more === undefined) throw new MlsSyntaxError('no vector begins like this');
    const length = more === 0 ? first & 0x3f : (first & 0x3f) * 256 ** more + this.take(more).readUIntBE(0, more);
    return this.take(length);
  }

  /** All items of a vector of something. */
  items<T>(read: (reader: Reader) => T): T[] {
    const reader = new Reader(this.vector());
    const items: T[] = [];
    while (!reader.done) items.push(read(reader));
    return items;
  }

  /** A number that must be this one. */
  expect(length: 1 | 2, value: number, what: string): void {
    if (this.uint(length) !== value) throw new MlsSyntaxError(`${what} is not ${value}`);
  }
}

/** A vector: its length, then its content. */
export function vector(...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([lengthOf(content.length), content]);
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** What is signed for a label (RFC 9420, section 5.1.2). */
export const signContent = (label: string, content: Uint8Array): Buffer =>
  Buffer.concat([vector(Buffer.from(`MLS 1.0 ${label}`)), vector(content)]);

/** The name by which messages refer to a proposal or a key package, in hex (RFC 9420, section 5.2). */
export const reference = (label: string, value: Uint8Array): string =>
  createHash('sha256')
    .update(vector(Buffer.from(`MLS 1.0 ${label} Reference`)))
    .update(vector(value))
    .digest('hex');

function lengthOf(length: number): Buffer {
  if (length < 0x40) return Buffer.from([length]);
  if (length < 0x4000) return uint16(0x4000 + length);
  return uint32(0x8000_0000 + length);
}
