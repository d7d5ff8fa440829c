import { z } from 'zod';
import { sleep } from '../../src/lib/time.ts';
import { Inspector, type Session } from './inspector.ts';

const READINGS = 3;
const BETWEEN_MS = 3_000;

const Evaluated = z.object({ result: z.object({ value: z.string() }) });
const Usage = z.object({ heapUsed: z.number(), external: z.number() });

/**
 * What is in use in a program after full collections, all threads, megabytes: the heaps of V8 and what they keep outside of
 * them, such as buffers. The least of a few readings, for a song that begins or a command holds something for a moment.
 */
export async function liveMb(inspectorUrl: string, signal: AbortSignal, betweenMs = BETWEEN_MS): Promise<number> {
  using inspector = await Inspector.attach(inspectorUrl);
  const readings: number[] = [];
  while (readings.length < READINGS) {
    await sleep(betweenMs, signal);
    // What a first collection lets go may, by its finalizers, let go of more.
    for (const thread of [...inspector.threads, ...inspector.threads]) await thread.ask('HeapProfiler.collectGarbage');
    const used = await Promise.all(inspector.threads.map(usedBytes));
    readings.push(used.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20);
  }
  return Math.min(...readings);
}

async function usedBytes(thread: Session): Promise<number> {
  const answer = await thread.ask('Runtime.evaluate', { expression: 'JSON.stringify(process.memoryUsage())' });
  const { heapUsed, external } = Usage.parse(JSON.parse(Evaluated.parse(answer).result.value));
  return heapUsed + external;
}
