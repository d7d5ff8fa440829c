import type { IncomingMessage } from 'node:http';
import { pipeline, type Duplex, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const UNPACKERS: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

const encodingOf = ({ headers }: IncomingMessage) => headers['content-encoding']?.trim().toLowerCase() ?? '';

/** Whether a server packed what it sends (RFC 9110, 8.4), which we never ask for, and some do all the same. */
export const isPacked = (answer: IncomingMessage): boolean => !/^(identity)?$/.test(encodingOf(answer));

/** The body as it was before; null when it is packed in a way that we do not know. Its length is not known beforehand. */
export function unpacked(answer: IncomingMessage): Readable | null {
  const encoding = encodingOf(answer);
  const unpacker = Object.hasOwn(UNPACKERS, encoding) ? UNPACKERS[encoding]?.() : undefined;
  if (!unpacker) return null;
  // Whoever reads it learns of what breaks, and with the reading the connection ends; zlib may fail once more behind that.
  unpacker.on('error', () => undefined);
  return pipeline(answer, unpacker, () => undefined);
}
