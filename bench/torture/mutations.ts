import { seeded } from '../../loopback/seeded.ts';
import { demux } from './demuxing.ts';
import type { Case } from './case.ts';

/** Longer than reading a small file can take, whatever is in it. */
const HANG_MS = 1_000;
const MOST_CHANGES = 4;
const CHUNKS = [64, 1_000, 65_536];

/** What became of files of which something was changed. */
export interface MutationCount {
  mutations: number;
  /** Every packet was there, though one may sound otherwise. */
  whole: number;
  /** Came to its end with fewer or more packets: what could not be read was passed over. */
  in_part: number;
  errors: number;
  /** Neither a packet nor an error. */
  silent: number;
  crashes: number;
  hangs: number;
  /** More bytes came out than went in, which nothing in a file can make right. */
  invented: number;
  slowest_ms: number;
}

/** Changes some bytes, again and again by chance that the seed decides, and counts what comes of it. */
export function mutate(cases: readonly Case[], mutations: number, seed = 1): MutationCount {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const count: MutationCount = {
    mutations,
    whole: 0,
    in_part: 0,
    errors: 0,
    silent: 0,
    crashes: 0,
    hangs: 0,
    invented: 0,
    slowest_ms: 0,
  };
  for (let round = 0; round < mutations; round += 1) {
    const { container, bytes, packets } = cases[round % cases.length] ?? {
      container: 'webm-opus',
      bytes: Buffer.alloc(0),
    };
    const chunkBytes = CHUNKS[below(CHUNKS.length)] ?? 64;
    judge(changed(bytes, below), container, chunkBytes, packets?.length ?? 0, count);
  }
  return count;
}

function judge(
  bytes: Buffer,
  container: Case['container'],
  chunkBytes: number,
  expected: number,
  count: MutationCount,
): void {
  const began = performance.now();
  try {
    const { packets, error } = demux(container, bytes, chunkBytes);
    if (error) count.errors += 1;
    else if (packets.length === 0) count.silent += 1;
    else if (packets.length === expected) count.whole += 1;
    else count.in_part += 1;
    if (packets.reduce((sum, { length }) => sum + length, 0) > 2 * bytes.length) count.invented += 1;
  } catch {
    count.crashes += 1;
  }
  const took = performance.now() - began;
  count.slowest_ms = Math.max(count.slowest_ms, took);
  if (took > HANG_MS) count.hangs += 1;
}

/** Bits turned, bytes set, stretches taken out, put in or repeated. */
function changed(original: Buffer, below: (limit: number) => number): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let change = below(MOST_CHANGES); change >= 0; change -= 1) {
    const at = below(bytes.length);
    const stretch = 1 + below(40);
    const kind = below(6);
    // Half of all changes go where the structure is: into the headers.
    const place = below(2) === 0 ? below(Math.min(bytes.length, 300)) : at;
    if (kind === 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << below(8));
    else if (kind === 1) bytes[place] = below(256);
    else if (kind === 2) bytes[place] = below(2) * 255;
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + stretch)]);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at + stretch), bytes.subarray(at)]);
    else bytes = bytes.subarray(0, Math.max(1, at));
  }
  return bytes;
}
