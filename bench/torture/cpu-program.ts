import { readFile } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Case } from './case.ts';
import { chunksOf, DEMUXERS, type Maker } from './demuxers.ts';

const PACKETS_A_MINUTE = 3_000;
/** Until V8 has compiled what it runs. */
const WARM_UP_MS = 700;
const MEASURE_MS = 1_500;

/** CPU milliseconds for a minute of sound. */
export interface CpuRun {
  readonly ms: number;
}

// Sends a file through one demuxer again and again, in a process that knows no other. Says a CpuRun.
const [, , maker = '', container = '', path = '', chunkBytes = ''] = process.argv;
const create = () => DEMUXERS[maker as Maker](container as Case['container']);
const bytes = await readFile(path);
await packetsIn(WARM_UP_MS);
const before = process.cpuUsage();
const packets = await packetsIn(MEASURE_MS);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ ms: (user + system) / 1_000 / (packets / PACKETS_A_MINUTE) } satisfies CpuRun));

/** The whole way through streams, as the player has it. */
async function packetsIn(ms: number): Promise<number> {
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < ms) {
    const ears = new Writable({
      objectMode: true,
      highWaterMark: 4,
      write(_packet, _encoding, done) {
        count += 1;
        done();
      },
    });
    await pipeline(Readable.from(chunksOf(bytes, Number(chunkBytes))), create(), ears);
  }
  return count;
}
