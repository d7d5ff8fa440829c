import { z } from 'zod';
import { sleep } from '../../src/lib/time.ts';
import { rssMb } from '../process-usage.ts';
import { Inspector, type Session } from './inspector.ts';

const READINGS = 3;
const BETWEEN_MS = 3_000;
/** V8 sweeps buffers beside the program, and counts them when it is done. */
const SWEEP_MS = 150;

const Evaluated = z.object({ result: z.object({ value: z.string() }) });
const Usage = z.object({ heapUsed: z.number(), external: z.number() });

/** Memory of a program, megabytes, after all threads have collected all garbage. */
export interface Collected {
  /** In use: the heaps of V8 and what they keep outside of them, such as buffers. */
  readonly liveMb: number;
  /** What the process still holds, with what native code has and what malloc did not give back. */
  readonly rssMb: number;
}

/** Makes a program collect. The least of a few readings counts, for a song that begins or a command holds something for a moment. */
export async function collected(
  program: { readonly pid: number; readonly inspectorUrl: string },
  signal: AbortSignal,
  betweenMs = BETWEEN_MS,
): Promise<Collected> {
  using inspector = await Inspector.attach(program.inspectorUrl);
  const readings: Collected[] = [];
  while (readings.length < READINGS) {
    await sleep(betweenMs, signal);
    // What a first collection lets go may, by its finalizers, let go of more.
    for (const thread of [...inspector.threads, ...inspector.threads]) await thread.ask('HeapProfiler.collectGarbage');
    await sleep(SWEEP_MS, signal);
    const used = await Promise.all(inspector.threads.map(usedBytes));
    const liveMb = used.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20;
    readings.push({ liveMb, rssMb: await rssMb(program.pid) });
  }
  return {
    liveMb: Math.min(...readings.map((reading) => reading.liveMb)),
    rssMb: Math.min(...readings.map((reading) => reading.rssMb)),
  };
}

async function usedBytes(thread: Session): Promise<number> {
  const answer = await thread.ask('Runtime.evaluate', { expression: 'JSON.stringify(process.memoryUsage())' });
  const { heapUsed, external } = Usage.parse(JSON.parse(Evaluated.parse(answer).result.value));
  return heapUsed + external;
}
