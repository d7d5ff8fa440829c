import { OggParser } from '../../src/player/audio/ogg-parser.ts';
import { DemuxError, type OnHead, type OpusParser } from '../../src/player/audio/opus-parser.ts';
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

/** Our parser for a container. */
export const parserFor = (container: Case['container'], onHead: OnHead = () => undefined): OpusParser =>
  container === 'webm-opus' ? new WebmParser(onHead) : new OggParser(onHead);

/** Lets our parser read bytes that come in chunks of a length. Anything but a DemuxError is a crash, and thrown on. */
export function demux(container: Case['container'], bytes: Buffer, chunkBytes = bytes.length): Demuxed {
  const heads: Buffer[] = [];
  const packets: Buffer[] = [];
  const timesMs: number[] = [];
  const parser = parserFor(container, (head) => void heads.push(head));
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
