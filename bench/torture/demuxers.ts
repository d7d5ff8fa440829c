import type { Duplex } from 'node:stream';
import prism from 'prism-media';
import { OpusDemuxer } from '../../src/player/audio/opus-demuxer.ts';
import type { Case } from './case.ts';
import { mediabunnyDemuxer } from './mediabunny.ts';

export const MAKERS = ['ours', 'prism', 'mediabunny'] as const;
export type Maker = (typeof MAKERS)[number];

/** Demuxers that are measured beside each other. */
export const DEMUXERS: Readonly<Record<Maker, (container: Case['container']) => Duplex>> = {
  ours: (container) => new OpusDemuxer(container),
  prism: (container) => (container === 'webm-opus' ? new prism.opus.WebmDemuxer() : new prism.opus.OggDemuxer()),
  mediabunny: mediabunnyDemuxer,
};

/** Bytes in chunks of a length. */
export function* chunksOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
