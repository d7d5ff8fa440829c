import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvancedQueueManager } from '../src/queue/advanced-queue-manager.ts';
import type { QueueEntry } from '../src/queue/queue.ts';
import { openStore } from '../src/storage/index.ts';
import type { Conditions, Measurement, Outcome } from './measurement.ts';
import { median, quantile, rounded } from './statistics.ts';

/** Beside the data of the bot, so that it is the disk that the bot would write to. */
const DATA = join(import.meta.dirname, '../data');
const LENGTHS = [10, 10_000] as const;
/** One in, one out, so that the queue keeps its length: two operations a round, and enough of them for a snapshot in each block. */
const ROUNDS = 128;
const BLOCKS = { full: 5, quick: 2 };

/** What one block of rounds took. */
interface Block {
  /** Milliseconds from asking until the new entry was durable, one for each round. */
  readonly waits: readonly number[];
  /** CPU of the whole process, its storage thread and its snapshot included. */
  readonly cpuMsPerRound: number;
}

/** What an enqueue costs when the queue is long, beside one when it is short: on disk, durable, with the store that the bot uses. */
export const enqueue: Measurement = {
  name: 'enqueue',
  title: `An enqueue into a queue of ${LENGTHS.join(' and of ')} tracks, until it is durable in SQLite`,
  run: async (conditions) => {
    await using ends = new AsyncDisposableStack();
    await mkdir(DATA, { recursive: true });
    const folder = await mkdtemp(join(DATA, 'bench-'));
    ends.defer(() => rm(folder, { recursive: true, force: true }));
    const store = await openStore(`sqlite:${join(folder, 'bench.sqlite')}`, conditions.say);
    ends.defer(() => store.close());
    const queues = new AdvancedQueueManager({ store, maxTracks: 2 * Math.max(...LENGTHS) });
    await queues.load();
    ends.defer(() => queues.close());
    return await compare(queues, conditions);
  },
};

async function compare(queues: AdvancedQueueManager, { quick, signal, say }: Conditions): Promise<Outcome> {
  const [short, long] = LENGTHS;
  for (const length of LENGTHS) {
    await queues.apply(guildOf(length), { type: 'add', entries: Array.from({ length }, (_, index) => entry(index)) });
    await playBlock(queues, guildOf(length), signal);
  }
  const pairs: { readonly short: Block; readonly long: Block }[] = [];
  const blocks = quick ? BLOCKS.quick : BLOCKS.full;
  while (pairs.length < blocks) {
    const first = await playBlock(queues, guildOf(short), signal);
    pairs.push({ short: first, long: await playBlock(queues, guildOf(long), signal) });
  }
  say(`${blocks} blocks of ${ROUNDS} rounds each, the two queues in turns`);
  return report(pairs);
}

async function playBlock(queues: AdvancedQueueManager, guildId: string, signal: AbortSignal): Promise<Block> {
  const waits: number[] = [];
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) {
    signal.throwIfAborted();
    const asked = performance.now();
    await queues.apply(guildId, { type: 'add', entries: [entry(round)] });
    waits.push(performance.now() - asked);
    await queues.apply(guildId, { type: 'advance' });
  }
  await queues.flush();
  const { user, system } = process.cpuUsage(before);
  return { waits, cpuMsPerRound: (user + system) / 1_000 / ROUNDS };
}

function report(pairs: readonly { readonly short: Block; readonly long: Block }[]): Outcome {
  const [short, long] = LENGTHS;
  const levels = [
    { tracks: short, ...summary(pairs.map((pair) => pair.short)) },
    { tracks: long, ...summary(pairs.map((pair) => pair.long)) },
  ];
  const ratioOf = (figure: (block: Block) => number) =>
    rounded(median(pairs.map((pair) => figure(pair.long) / figure(pair.short))), 2);
  const ratio = {
    p50: ratioOf(({ waits }) => quantile(waits, 0.5)),
    p99: ratioOf(({ waits }) => quantile(waits, 0.99)),
    cpu: ratioOf(({ cpuMsPerRound }) => cpuMsPerRound),
  };
  return {
    table: [
      ['tracks', 'p50 ms', 'p99 ms', 'CPU ms'],
      ...levels.map(({ tracks, p50_ms, p99_ms, cpu_ms }) => [tracks, p50_ms, p99_ms, cpu_ms].map(String)),
      ['ratio', String(ratio.p50), String(ratio.p99), String(ratio.cpu)],
    ],
    notes: [
      'CPU of a round: one enqueue, one track that leaves at the front, and their part of the snapshots.',
      'Ratios are the medians of what each pair of blocks, one after the other, had.',
    ],
    figures: { blocks: pairs.length, rounds: ROUNDS, levels, ratio },
  };
}

function summary(blocks: readonly Block[]) {
  const waits = blocks.flatMap((block) => block.waits);
  return {
    p50_ms: rounded(quantile(waits, 0.5), 3),
    p99_ms: rounded(quantile(waits, 0.99), 3),
    cpu_ms: rounded(median(blocks.map(({ cpuMsPerRound }) => cpuMsPerRound)), 3),
  };
}

const guildOf = (length: number) => `queue-of-${length}`;

const entry = (number: number): QueueEntry => ({
  id: crypto.randomUUID(),
  track: {
    source: 'youtube',
    identifier: `https://www.youtube.com/watch?v=${String(number).padStart(11, '0')}`,
    title: `A song with a title of ordinary length, number ${number}`,
    artist: 'Somebody',
    link: `https://www.youtube.com/watch?v=${String(number).padStart(11, '0')}`,
    thumbnail: `https://i.ytimg.com/vi/${String(number).padStart(11, '0')}/hqdefault.jpg`,
    durationMs: 215_000,
    live: false,
  },
  requestedBy: '81384788765712384',
  addedAt: Date.now(),
});
