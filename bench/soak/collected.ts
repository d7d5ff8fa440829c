import { z } from 'zod';
import { sleep } from '../../src/lib/time.ts';
import { rssMb } from '../process-usage.ts';
import { Inspector, type Session } from './inspector.ts';

const READINGS = 3;
const BETWEEN_MS = 3_000;
/** V8 sweeps buffers beside the program, and counts them when it is done. */
const SWEEP_MS = 150;

const Evaluated = z.object({ result: z.object({ value: z.string() }) });
const Usage = z.object({
  heapUsed: z.number(),
  external: z.number(),
  code_and_metadata_size: z.number(),
  bytecode_and_metadata_size: z.number(),
});
const USAGE = `JSON.stringify({ ...process.memoryUsage(), ...process.getBuiltinModule('v8').getHeapCodeStatistics() })`;

/** Memory of a program, megabytes, after all threads have collected all garbage. */
export interface Collected {
  /** What the program itself keeps: in the heaps of V8, and outside of them what those hold, such as buffers. */
  readonly liveMb: number;
  /** What V8 has made of the program's code. It goes on for an hour, and ends with the program's code. */
  readonly compiledMb: number;
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
    const megabytes = (bytes: readonly number[]) => bytes.reduce((sum, some) => sum + some, 0) / 2 ** 20;
    readings.push({
      liveMb: megabytes(used.map(({ live }) => live)),
      compiledMb: megabytes(used.map(({ compiled }) => compiled)),
      rssMb: await rssMb(program.pid),
    });
  }
  const least = (figure: keyof Collected) => Math.min(...readings.map((reading) => reading[figure]));
  return { liveMb: least('liveMb'), compiledMb: least('compiledMb'), rssMb: least('rssMb') };
}

async function usedBytes(thread: Session): Promise<{ readonly live: number; readonly compiled: number }> {
  const answer = await thread.ask('Runtime.evaluate', { expression: USAGE });
  const usage = Usage.parse(JSON.parse(Evaluated.parse(answer).result.value));
  const compiled = usage.code_and_metadata_size + usage.bytecode_and_metadata_size;
  return { live: usage.heapUsed + usage.external - compiled, compiled };
}
