import { runProgram } from '../queue/run-program.ts';
import { median, rounded } from '../statistics.ts';
import type { Case } from './case.ts';
import type { CpuRun } from './cpu-program.ts';
import { MAKERS, type Maker } from './demuxers.ts';

/** As much as Node reads from a file at once, and what comes in one piece from most sockets. */
const CHUNKS = [65_536, 1_400];

/** CPU milliseconds that a minute of sound takes, with our demuxer and those of others. */
export interface DemuxerCpu {
  readonly container: Case['container'];
  readonly chunk_bytes: number;
  readonly ours_ms: number;
  readonly prism_ms: number;
  readonly mediabunny_ms: number;
  /** Ours to prism-media's: the median of the ratios of the rounds. */
  readonly ratio: number;
}

/** Measures each in a process of its own, in turns: what one leaves behind for the garbage collector would cost the next. */
export async function demuxerCpu(
  paths: Readonly<Record<Case['container'], string>>,
  rounds: number,
  signal: AbortSignal,
): Promise<DemuxerCpu[]> {
  const rows: DemuxerCpu[] = [];
  for (const container of ['webm-opus', 'ogg-opus'] as const) {
    for (const chunkBytes of CHUNKS) {
      const ms: Record<Maker, number[]> = { ours: [], prism: [], mediabunny: [] };
      for (let round = 0; round < rounds; round += 1) {
        // Who is first in one round is last in the next.
        for (const maker of round % 2 === 0 ? MAKERS : MAKERS.toReversed()) {
          const words = [maker, container, paths[container], String(chunkBytes)];
          ms[maker].push((await runProgram<CpuRun>('../torture/cpu-program.ts', words, signal)).ms);
        }
      }
      const ratios = ms.ours.map((value, round) => value / (ms.prism[round] ?? Number.NaN));
      rows.push({
        container,
        chunk_bytes: chunkBytes,
        ours_ms: rounded(median(ms.ours), 2),
        prism_ms: rounded(median(ms.prism), 2),
        mediabunny_ms: rounded(median(ms.mediabunny), 2),
        ratio: rounded(median(ratios), 2),
      });
    }
  }
  return rows;
}
