import { OggParser } from '../../src/player/audio/ogg-parser.ts';
import { DemuxError, type OpusParser } from '../../src/player/audio/opus-parser.ts';
import { WebmParser } from '../../src/player/audio/webm-parser.ts';
import type { Case } from './case.ts';

/** What came of a file. */
export interface Demuxed {
  readonly packets: readonly Buffer[];
  readonly timesMs: readonly number[];
  readonly heads: readonly Buffer[];
  /** Null when the file came to its end. */
  readonly error: DemuxError | null;
}

/** Lets our parser read bytes that come in chunks of a length. Anything but a DemuxError is a crash, and thrown on. */
export function demux(container: Case['container'], bytes: Buffer, chunkBytes = bytes.length): Demuxed {
  const heads: Buffer[] = [];
  const packets: Buffer[] = [];
  const timesMs: number[] = [];
  const onHead = (head: Buffer) => void heads.push(head);
  const parser: OpusParser = container === 'webm-opus' ? new WebmParser(onHead) : new OggParser(onHead);
  try {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      parser.feed(bytes.subarray(at, at + chunkBytes));
      for (let packet = parser.next(); packet; packet = parser.next()) {
        packets.push(packet);
        timesMs.push(parser.timeMs);
      }
    }
    parser.finish();
    return { packets, timesMs, heads, error: null };
  } catch (error) {
    if (!(error instanceof DemuxError)) throw error;
    return { packets, timesMs, heads, error };
  }
}
