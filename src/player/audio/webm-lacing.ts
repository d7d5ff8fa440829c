import { numberLength, withoutMarker } from './ebml.ts';

/** Where the frames begin, and the sizes of all but the last. */
interface Sizes {
  readonly sizes: readonly number[];
  readonly start: number;
}

/**
 * The frames of a block behind its header, by the two lacing bits of its flags: none, Xiph's, of one size, EBML's
 * (RFC 9559, 10.3). No frames when the sizes do not fit.
 */
export function framesOf(body: Buffer, lacing: number): readonly Buffer[] {
  const sizesOf = LACINGS[lacing];
  if (!sizesOf) return [body];
  const before = body[0];
  if (before === undefined) return [];
  const written = sizesOf(body, before);
  if (!written) return [];
  const frames: Buffer[] = [];
  let at = written.start;
  for (const size of written.sizes) {
    if (at + size > body.length) return [];
    frames.push(body.subarray(at, at + size));
    at += size;
  }
  return [...frames, body.subarray(at)];
}

/** By the lacing bits: how the sizes are written, `count` of them behind the first byte. Null when they break off. */
const LACINGS: Readonly<Record<number, (body: Buffer, count: number) => Sizes | null>> = {
  1: xiphSizes,
  2(body, count) {
    const size = (body.length - 1) / (count + 1);
    return Number.isInteger(size) ? { sizes: Array<number>(count).fill(size), start: 1 } : null;
  },
  3: ebmlSizes,
};

/** Each size is the sum of bytes up to the first below 255. */
function xiphSizes(body: Buffer, count: number): Sizes | null {
  const sizes: number[] = [];
  let size = 0;
  let at = 1;
  while (sizes.length < count) {
    const byte = body[at];
    if (byte === undefined) return null;
    at += 1;
    size += byte;
    if (byte === 255) continue;
    sizes.push(size);
    size = 0;
  }
  return { sizes, start: at };
}

/** A size, then differences, which are written with an offset that makes them positive. */
function ebmlSizes(body: Buffer, count: number): Sizes | null {
  const sizes: number[] = [];
  let size = 0;
  let at = 1;
  while (sizes.length < count) {
    const length = numberLength(body[at] ?? 0);
    if (length > 8 || at + length > body.length) return null;
    const number = withoutMarker(body, at, length);
    size += sizes.length === 0 ? number : number - (2 ** (7 * length - 1) - 1);
    if (size < 0) return null;
    sizes.push(size);
    at += length;
  }
  return { sizes, start: at };
}
