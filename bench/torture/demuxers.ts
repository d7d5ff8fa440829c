import type { Duplex } from 'node:stream';
import prism from 'prism-media';
import { OpusDemuxer } from '../../src/player/audio/opus-demuxer.ts';
import type { Case } from './case.ts';

export type Maker = 'ours' | 'prism';

/** Demuxers that are measured beside each other. */
export const DEMUXERS: Readonly<Record<Maker, Readonly<Record<Case['container'], () => Duplex>>>> = {
  ours: { 'webm-opus': () => new OpusDemuxer('webm-opus'), 'ogg-opus': () => new OpusDemuxer('ogg-opus') },
  prism: { 'webm-opus': () => new prism.opus.WebmDemuxer(), 'ogg-opus': () => new prism.opus.OggDemuxer() },
};

/** Bytes in chunks of a length. */
export function* chunksOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
