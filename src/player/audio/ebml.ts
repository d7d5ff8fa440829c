/** The size of an element whose writer did not know it yet (RFC 8794, 6.2). */
export const UNKNOWN_SIZE = Number.POSITIVE_INFINITY;

/** How many bytes the number takes that begins with this byte, 1 to 8; 9 when no number begins like this (RFC 8794, 4). */
export const numberLength = (first: number): number => Math.clz32(first) - 23;

/** A number of `length` bytes. Beyond 2^53 it is not exact, which no file is long enough to need. */
export const unsigned = (bytes: Buffer, at: number, length: number): number => continued(0, bytes, at, at + length);

/** An EBML number without its length marker. */
export const withoutMarker = (bytes: Buffer, at: number, length: number): number =>
  continued((bytes[at] ?? 0) & (0xff >> length), bytes, at + 1, at + length);

function continued(value: number, bytes: Buffer, from: number, to: number): number {
  let whole = value;
  for (let at = from; at < to; at += 1) whole = whole * 256 + (bytes[at] ?? 0);
  return whole;
}

/** What a number of so many bytes is whose bits are all set. */
const ALL_SET: readonly number[] = Array.from({ length: 9 }, (_, length) => 2 ** (7 * length) - 1);

/** An element's size: a number, all of whose bits are set when it is unknown. */
export function elementSize(bytes: Buffer, at: number, length: number): number {
  const size = withoutMarker(bytes, at, length);
  return size === ALL_SET[length] ? UNKNOWN_SIZE : size;
}

export interface Element {
  /** With its length marker, as the specifications write it. */
  readonly id: number;
  readonly content: Buffer;
}

/** The elements in the content of another, up to the first that is not whole. */
export function* elementsOf(bytes: Buffer): Generator<Element> {
  let at = 0;
  while (at < bytes.length) {
    const idLength = numberLength(bytes[at] ?? 0);
    const sizeLength = numberLength(bytes[at + idLength] ?? 0);
    const start = at + idLength + sizeLength;
    if (idLength > 4 || sizeLength > 8 || start > bytes.length) return;
    const end = start + elementSize(bytes, at + idLength, sizeLength);
    if (end > bytes.length) return;
    yield { id: unsigned(bytes, at, idLength), content: bytes.subarray(start, end) };
    at = end;
  }
}
