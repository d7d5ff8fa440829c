import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { until } from '../../loopback/until.ts';
import { sleep, within } from '../../src/lib/time.ts';
import { childrenOf, cpuMs, rssMb } from '../process-usage.ts';
import { median } from '../statistics.ts';
import { kitFor } from './kit.ts';
import { WAYS, type WayName, type Wish } from './ways.ts';

/** What one way takes, children included. */
export interface WayRun {
  /** CPU milliseconds for a minute of sound, as fast as it can be read. */
  readonly cpuMs: number;
  /** Megabytes more than before, played in real time. */
  readonly memoryMb: number;
  /** From the wish to the first packet, milliseconds, in a process that did it before. */
  readonly firstFrameMs: number;
}

/** What the program is told, as JSON. */
export interface WayOrder extends Omit<Wish, 'signal'> {
  readonly way: WayName;
  /** How often the time to the first packet is taken. */
  readonly starts: number;
  readonly measureMs: number;
}

const PACKET_MS = 20;
const PACKETS_A_MINUTE = 3_000;
const REAL_TIME_MS = 1_500;
/** Until V8 has compiled what it runs. */
const WARM_UP_MS = 700;
const DEADLINE_MS = 20_000;

// Plays in a process that knows no other way. Says a WayRun.
const { way, starts, measureMs, ...wish } = JSON.parse(process.argv[2] ?? '') as WayOrder;
const kit = kitFor(new URL(wish.url).host);
const memoryMb = await memoryInRealTime();
const firstFrames: number[] = [];
for (let start = 0; start < starts; start += 1) firstFrames.push(await timeToFirst());
await packetsIn(WARM_UP_MS);
const before = await cpuMs(process.pid);
const packets = await packetsIn(measureMs);
const cpu = (await cpuMs(process.pid)) - before;
const run: WayRun = { cpuMs: cpu / (packets / PACKETS_A_MINUTE), memoryMb, firstFrameMs: median(firstFrames) };
console.log(JSON.stringify(run));

/** Lets something be done with the packets, then ends what is behind them and waits until it is gone, so that its CPU is counted. */
async function playing<T>(act: (packets: Readable) => Promise<T>): Promise<T> {
  const life = new AbortController();
  try {
    return await act(await WAYS[way]({ ...wish, signal: life.signal }, kit));
  } finally {
    life.abort();
    await until('the children to end', () => !process.getActiveResourcesInfo().includes('ProcessWrap'), DEADLINE_MS);
  }
}

async function timeToFirst(): Promise<number> {
  const began = performance.now();
  return await playing(async (packets) => {
    const first = packets.readableLength > 0 ? Promise.resolve([]) : once(packets, 'readable');
    await within(DEADLINE_MS, first, () => new Error('no packet came'));
    return performance.now() - began;
  });
}

async function memoryInRealTime(): Promise<number> {
  const held = await memory();
  return await playing(async (packets) => {
    let most = 0;
    const began = performance.now();
    for (let at = 0; at < REAL_TIME_MS; at += PACKET_MS) {
      packets.read();
      if (at % 100 === 0) most = Math.max(most, await memory());
      await sleep(Math.max(0, began + at + PACKET_MS - performance.now()));
    }
    return most - held;
  });
}

/** Plays the whole file again and again for so long. */
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
    await playing((sound) => pipeline(sound, ears));
  }
  return count;
}

async function memory(): Promise<number> {
  const all = [process.pid, ...(await childrenOf(process.pid))];
  // One may have ended meanwhile.
  const parts = await Promise.all(all.map((pid) => rssMb(pid).catch(() => 0)));
  return parts.reduce((sum, part) => sum + (Number.isNaN(part) ? 0 : part), 0);
}
