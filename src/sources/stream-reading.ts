import type { Readable } from 'node:stream';

const EVENTS = ['readable', 'end', 'close', 'error'] as const;

/** The first bytes of a stream, as many as came at once; none when it has none. They stay in it for whoever reads it then. */
export async function peek(stream: Readable): Promise<Buffer> {
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) {
      // In the same turn: later, 'end' could have come.
      stream.unshift(chunk);
      return chunk;
    }
    if (stream.errored) throw stream.errored;
    if (stream.readableEnded || stream.destroyed) return Buffer.alloc(0);
    await anyEvent(stream);
  }
}

function anyEvent(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of EVENTS) stream.off(event, done);
      resolve();
    };
    for (const event of EVENTS) stream.on(event, done);
  });
}

/** Everything that a stream has, at most `limit` bytes; `tooMuch` is thrown when there is more. The stream is destroyed afterwards. */
export async function readAll(stream: Readable, limit: number, tooMuch: () => Error): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) throw tooMuch();
  }
  return Buffer.concat(chunks);
}

/** Lets so many bytes through and ends then. */
export function upTo(length: number): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer, void> {
  return async function* (source) {
    let left = length;
    for await (const chunk of source) {
      if (left > 0) yield chunk.subarray(0, left);
      left -= chunk.length;
      if (left <= 0) return;
    }
  };
}
