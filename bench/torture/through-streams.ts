import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import prism from 'prism-media';
import { OpusDemuxer } from '../../src/player/audio/opus-demuxer.ts';
import type { Case } from './case.ts';

/** What came of a file that went through a demuxer: what should, something else, an error, or nothing at all and no word of it. */
export type Fate = 'right' | 'wrong' | 'error' | 'silence' | 'hang';

const HANG_MS = 5_000;
const CHUNK_BYTES = 16_384;

const DEMUXERS: Readonly<Record<'ours' | 'prism', Readonly<Record<Case['container'], () => Duplex>>>> = {
  ours: { 'webm-opus': () => new OpusDemuxer('webm-opus'), 'ogg-opus': () => new OpusDemuxer('ogg-opus') },
  prism: { 'webm-opus': () => new prism.opus.WebmDemuxer(), 'ogg-opus': () => new prism.opus.OggDemuxer() },
};

/** Sends a file through ours or prism-media's. A clear error is right where there is nothing to play. */
export async function fateOf({ container, bytes, packets }: Case, whose: keyof typeof DEMUXERS): Promise<Fate> {
  const heard: Buffer[] = [];
  const demuxer = DEMUXERS[whose][container]();
  demuxer.on('data', (packet: Buffer) => heard.push(packet));
  try {
    await pipeline(Readable.from(chunksOf(bytes)), demuxer, { end: true, signal: AbortSignal.timeout(HANG_MS) });
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return 'hang';
    return packets === null ? 'right' : 'error';
  }
  if (packets === null || heard.length === 0) return heard.length === 0 ? 'silence' : 'wrong';
  return heard.length === packets.length && Buffer.concat(heard).equals(Buffer.concat(packets)) ? 'right' : 'wrong';
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
