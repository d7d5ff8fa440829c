import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Case } from './case.ts';
import { chunksOf, DEMUXERS, type Maker } from './demuxers.ts';

/** What came of a file that went through a demuxer: what should, something else, an error, or nothing at all and no word of it. */
export type Fate = 'right' | 'wrong' | 'error' | 'silence' | 'hang';

const HANG_MS = 5_000;
const CHUNK_BYTES = 16_384;

/** Sends a file through one of the demuxers. A clear error is right where there is nothing to play. */
export async function fateOf({ container, bytes, packets }: Case, whose: Maker): Promise<Fate> {
  const heard: Buffer[] = [];
  const demuxer = DEMUXERS[whose](container);
  demuxer.on('data', (packet: Buffer) => heard.push(packet));
  try {
    await pipeline(Readable.from(chunksOf(bytes, CHUNK_BYTES)), demuxer, {
      end: true,
      signal: AbortSignal.timeout(HANG_MS),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return 'hang';
    return packets === null ? 'right' : 'error';
  }
  if (packets === null || heard.length === 0) return heard.length === 0 ? 'silence' : 'wrong';
  return heard.length === packets.length && Buffer.concat(heard).equals(Buffer.concat(packets)) ? 'right' : 'wrong';
}
