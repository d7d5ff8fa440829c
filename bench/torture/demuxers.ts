import { Transform, type Duplex } from 'node:stream';
import prism from 'prism-media';
import type { Case } from './case.ts';
import { parserFor } from './demuxing.ts';
import { mediabunnyDemuxer } from './mediabunny.ts';

export const MAKERS = ['ours', 'prism', 'mediabunny'] as const;
export type Maker = (typeof MAKERS)[number];

/** Demuxers that are measured beside each other. */
export const DEMUXERS: Readonly<Record<Maker, (container: Case['container']) => Duplex>> = {
  ours: ourDemuxer,
  prism: (container) => (container === 'webm-opus' ? new prism.opus.WebmDemuxer() : new prism.opus.OggDemuxer()),
  mediabunny: mediabunnyDemuxer,
};

/** Ours as a stream, as the others are. */
function ourDemuxer(container: Case['container']): Duplex {
  const parser = parserFor(container);
  return new Transform({
    readableObjectMode: true,
    transform(chunk: Buffer, _encoding, done) {
      parser.feed(chunk);
      attempt(done, () => {
        for (let packet = parser.next(); packet; packet = parser.next()) this.push(packet);
      });
    },
    flush: (done) => attempt(done, () => parser.finish()),
  });
}

function attempt(done: (error?: Error | null) => void, act: () => void): void {
  try {
    act();
    done();
  } catch (error) {
    done(error as Error);
  }
}

/** Bytes in chunks of a length. */
export function* chunksOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
