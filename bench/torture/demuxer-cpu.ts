import { readFile } from 'node:fs/promises';
import { Readable, Writable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import prism from 'prism-media';
import { OpusDemuxer } from '../../src/player/audio/opus-demuxer.ts';
import { median, rounded } from '../statistics.ts';

/** As much as Node reads from a file at once, and what comes in one piece from most sockets. */
const CHUNKS = [65_536, 1_400];
const PACKETS_A_MINUTE = 3_000;

const DEMUXERS = {
  webm: { ours: () => new OpusDemuxer('webm-opus'), prism: () => new prism.opus.WebmDemuxer() },
  ogg: { ours: () => new OpusDemuxer('ogg-opus'), prism: () => new prism.opus.OggDemuxer() },
};

/** CPU milliseconds that a minute of sound takes, in turns with prism-media's demuxer. */
export interface DemuxerCpu {
  readonly container: string;
  readonly chunk_bytes: number;
  readonly ours_ms: number;
  readonly prism_ms: number;
  readonly ratio: number;
}

export async function demuxerCpu(
  paths: Readonly<Record<keyof typeof DEMUXERS, string>>,
  rounds: number,
): Promise<DemuxerCpu[]> {
  const rows: DemuxerCpu[] = [];
  for (const container of ['webm', 'ogg'] as const) {
    const bytes = await readFile(paths[container]);
    for (const chunkBytes of CHUNKS) {
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        // The first in one round is the second in the next, so that neither has the warmer cache always.
        const turns = [
          async () => ours.push(await cpuMs(DEMUXERS[container].ours, bytes, chunkBytes)),
          async () => theirs.push(await cpuMs(DEMUXERS[container].prism, bytes, chunkBytes)),
        ];
        for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
      }
      const ratio = median(ours.map((value, index) => value / (theirs[index] ?? Number.NaN)));
      rows.push({
        container,
        chunk_bytes: chunkBytes,
        ours_ms: rounded(median(ours), 2),
        prism_ms: rounded(median(theirs), 2),
        ratio: rounded(ratio, 2),
      });
    }
  }
  return rows;
}

/** Of the whole way through streams, as the player has it, for as often as makes a quarter of a second. */
async function cpuMs(create: () => Duplex, bytes: Buffer, chunkBytes: number): Promise<number> {
  let packets = 0;
  const before = process.cpuUsage();
  const began = performance.now();
  while (performance.now() - began < 250) {
    const ears = new Writable({
      objectMode: true,
      highWaterMark: 4,
      write(_packet, _encoding, done) {
        packets += 1;
        done();
      },
    });
    await pipeline(Readable.from(chunksOf(bytes, chunkBytes)), create(), ears);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / (packets / PACKETS_A_MINUTE);
}

function* chunksOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
