import { runProgram } from '../queue/run-program.ts';
import { median, rounded } from '../statistics.ts';
import type { Case } from './case.ts';
import type { CpuRun } from './cpu-program.ts';
import type { Maker } from './demuxers.ts';

/** As much as Node reads from a file at once, and what comes in one piece from most sockets. */
const CHUNKS = [65_536, 1_400];

/** CPU milliseconds that a minute of sound takes, beside prism-media's demuxer. */
export interface DemuxerCpu {
  readonly container: Case['container'];
  readonly chunk_bytes: number;
  readonly ours_ms: number;
  readonly prism_ms: number;
  /** The median of the ratios of the pairs. */
  readonly ratio: number;
}

/** Measures each in a process of its own, in turns: what one leaves behind for the garbage collector would cost the other. */
export async function demuxerCpu(
  paths: Readonly<Record<Case['container'], string>>,
  pairs: number,
  signal: AbortSignal,
): Promise<DemuxerCpu[]> {
  const rows: DemuxerCpu[] = [];
  for (const container of ['webm-opus', 'ogg-opus'] as const) {
    for (const chunkBytes of CHUNKS) {
      const ms: Record<Maker, number[]> = { ours: [], prism: [] };
      for (let pair = 0; pair < pairs; pair += 1) {
        const makers: readonly Maker[] = pair % 2 === 0 ? ['ours', 'prism'] : ['prism', 'ours'];
        for (const maker of makers) {
          const words = [maker, container, paths[container], String(chunkBytes)];
          ms[maker].push((await runProgram<CpuRun>('../torture/cpu-program.ts', words, signal)).ms);
        }
      }
      const ratios = ms.ours.map((value, pair) => value / (ms.prism[pair] ?? Number.NaN));
      rows.push({
        container,
        chunk_bytes: chunkBytes,
        ours_ms: rounded(median(ms.ours), 2),
        prism_ms: rounded(median(ms.prism), 2),
        ratio: rounded(median(ratios), 2),
      });
    }
  }
  return rows;
}
