import { join } from 'node:path';
import { KeyvSqlite } from '@keyv/sqlite';
import { Keyv } from 'keyv';
import type { QueueEntry } from '../../src/queue/queue.ts';
import type { Conditions, Measurement, Outcome } from '../measurement.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { bytesWritten, entries, entry, makePlace, openQueues } from './place.ts';

const LENGTHS = [10, 1_000, 10_000] as const;
/** One in, one out, so that the queue keeps its length: two operations a round, and enough of them for a snapshot in each block. */
const ROUNDS = 128;
/** Rounds of whole JSON, of which each costs as much as the ones before. */
const JSON_ROUNDS = 16;
const BLOCKS = { full: 7, quick: 2 };
const MOST_RATIO = 1.5;

/** What one block of rounds took. */
interface Block {
  /** Milliseconds from asking until the new entry was durable, one for each round. */
  readonly waits: readonly number[];
  /** CPU of the whole process, its storage thread and its snapshot included. */
  readonly cpuMsPerRound: number;
  readonly bytesPerOperation: number;
}

/** Who keeps the queues: `add` and `drop` resolve when the change is stored, `settle` when nothing is left to do. */
interface Keeper {
  add(length: number, entry: QueueEntry): Promise<unknown>;
  drop(length: number): Promise<unknown>;
  settle(): Promise<unknown>;
}

/** What an enqueue costs when the queue is long, beside one when it is short, and beside writing the whole queue as JSON. */
export const enqueue: Measurement = {
  name: 'enqueue',
  title: `An enqueue into a queue of ${LENGTHS.join(', ')} tracks, until it is stored in SQLite`,
  run: async (conditions) => {
    await using place = await makePlace();
    const ours = await measureOurs(join(place.path, 'ours.sqlite'), conditions);
    const whole = await measureWholeJson(join(place.path, 'whole.sqlite'), conditions);
    return report(ours, whole);
  },
};

type Blocks = ReadonlyMap<number, readonly Block[]>;

async function measureOurs(path: string, conditions: Conditions): Promise<Blocks> {
  await using opened = await openQueues(path);
  const { queues } = opened;
  const guildOf = (length: number) => `queue-of-${length}`;
  for (const length of LENGTHS) await queues.apply(guildOf(length), { type: 'add', entries: entries(length) });
  const keeper: Keeper = {
    add: (length, added) => queues.apply(guildOf(length), { type: 'add', entries: [added] }),
    drop: (length) => queues.apply(guildOf(length), { type: 'advance' }),
    settle: () => queues.flush(),
  };
  return await inTurns(keeper, ROUNDS, conditions);
}

/** The way of most bots: one value a guild, over keyv and @keyv/sqlite as their manuals show it. */
async function measureWholeJson(path: string, conditions: Conditions): Promise<Blocks> {
  const keyv = new Keyv({ store: new KeyvSqlite(`sqlite://${path}`) });
  const queues = new Map(LENGTHS.map((length) => [length as number, entries(length)]));
  const write = async (length: number, queue: readonly QueueEntry[]) => {
    if (!(await keyv.set(`queue:${length}`, queue))) throw new Error('keyv did not store the queue');
  };
  for (const [length, queue] of queues) await write(length, queue);
  const change = async (length: number, act: (queue: QueueEntry[]) => unknown) => {
    const queue = queues.get(length) ?? [];
    act(queue);
    await write(length, queue);
  };
  const keeper: Keeper = {
    add: (length, added) => change(length, (queue) => queue.push(added)),
    drop: (length) => change(length, (queue) => queue.shift()),
    settle: async () => undefined,
  };
  try {
    return await inTurns(keeper, JSON_ROUNDS, conditions);
  } finally {
    await keyv.disconnect();
  }
}

async function inTurns(keeper: Keeper, rounds: number, { quick, signal }: Conditions): Promise<Blocks> {
  const blocks = new Map<number, Block[]>(LENGTHS.map((length) => [length, []]));
  const count = quick ? BLOCKS.quick : BLOCKS.full;
  // The first of each is warm-up.
  for (let turn = 0; turn <= count; turn += 1) {
    for (const length of LENGTHS) {
      const block = await playBlock(keeper, length, rounds, signal);
      if (turn > 0) blocks.get(length)?.push(block);
    }
  }
  return blocks;
}

async function playBlock(keeper: Keeper, length: number, rounds: number, signal: AbortSignal): Promise<Block> {
  const waits: number[] = [];
  const cpu = process.cpuUsage();
  const written = await bytesWritten();
  for (let round = 0; round < rounds; round += 1) {
    signal.throwIfAborted();
    const asked = performance.now();
    await keeper.add(length, entry(round));
    waits.push(performance.now() - asked);
    await keeper.drop(length);
  }
  await keeper.settle();
  const { user, system } = process.cpuUsage(cpu);
  return {
    waits,
    cpuMsPerRound: (user + system) / 1_000 / rounds,
    bytesPerOperation: ((await bytesWritten()) - written) / (2 * rounds),
  };
}

function report(ours: Blocks, whole: Blocks): Outcome {
  const levels = LENGTHS.map((tracks) => ({
    tracks,
    ...summary(ours.get(tracks) ?? []),
    whole_json: summary(whole.get(tracks) ?? []),
  }));
  const ratio = ratios(ours);
  return {
    table: [
      ['tracks', 'p50 ms', 'p99 ms', 'CPU ms', 'kB/op', 'JSON: p50 ms', 'p99 ms', 'CPU ms', 'kB/op'],
      ...levels.map(({ tracks, whole_json, ...own }) => [String(tracks), ...cells(own), ...cells(whole_json)]),
      ['ratio', ...cells(ratio), ...cells(ratios(whole))],
    ],
    notes: [
      'CPU of a round: one enqueue, one track that leaves at the front, and their part of the snapshots.',
      'kB/op is what was handed to write(2) for each of these two, log, checkpoints and snapshots included (wchar of /proc/self/io).',
      'JSON is the whole queue as one value of plain keyv, in the same run. It is the rollback journal of SQLite, as its manual has it.',
      `Ratios of ${LENGTHS.at(-1)} tracks to ${LENGTHS[0]} are the medians of what each pair of blocks, one after the other, had.`,
    ],
    figures: { blocks: ours.get(LENGTHS[0])?.length, rounds: ROUNDS, levels, ratio, whole_json_ratio: ratios(whole) },
    missed:
      ratio.p50_ms <= MOST_RATIO
        ? []
        : [`an enqueue at ${LENGTHS.at(-1)} tracks took ${ratio.p50_ms} times one at ${LENGTHS[0]}, not ${MOST_RATIO}`],
  };
}

interface Figures {
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly cpu_ms: number;
  readonly kb_per_operation: number;
}

const cells = (figures: Figures) => Object.values(figures).map(String);

/** The same four things about some blocks together. */
function figuresOf(digits: number, of: (figure: (block: Block) => number) => number): Figures {
  return {
    p50_ms: rounded(
      of(({ waits }) => quantile(waits, 0.5)),
      digits,
    ),
    p99_ms: rounded(
      of(({ waits }) => quantile(waits, 0.99)),
      digits,
    ),
    cpu_ms: rounded(
      of(({ cpuMsPerRound }) => cpuMsPerRound),
      digits,
    ),
    kb_per_operation: rounded(
      of(({ bytesPerOperation }) => bytesPerOperation / 1_024),
      digits,
    ),
  };
}

const summary = (blocks: readonly Block[]) => figuresOf(3, (figure) => median(blocks.map(figure)));

function ratios(blocks: Blocks): Figures {
  const short = blocks.get(LENGTHS[0]) ?? [];
  const long = blocks.get(LENGTHS.at(-1) ?? 0) ?? [];
  return figuresOf(2, (figure) =>
    median(short.flatMap((block, index) => (long[index] === undefined ? [] : [figure(long[index]) / figure(block)]))),
  );
}
