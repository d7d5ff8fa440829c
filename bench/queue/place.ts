import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { QueueEntry } from '../../src/queue/queue.ts';
import { openStore } from '../../src/storage/index.ts';
import type { Store } from '../../src/storage/store.ts';

/** Beside the data of the bot, so that it is the disk that the bot would write to. */
const DATA = join(import.meta.dirname, '../../data');
const ENOUGH = 30_000;

/** A folder on the disk of the bot's data, gone when it is disposed of. */
export async function makePlace(): Promise<{ readonly path: string } & AsyncDisposable> {
  await mkdir(DATA, { recursive: true });
  const path = await mkdtemp(join(DATA, 'bench-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The bot's own queues in a file, or in the store that is given. Both are closed when they are disposed of. */
export async function openQueues(
  path: string,
  given?: Store,
): Promise<{ readonly queues: AdvancedQueueManager; readonly store: Store } & AsyncDisposable> {
  const store = given ?? (await openStore(`sqlite:${path}`, refuse));
  const queues = new AdvancedQueueManager({ store, maxTracks: ENOUGH });
  queues.on('problem', (what, cause) => refuse(`${what}: ${String(cause)}`));
  queues.on('set-aside', ({ key, why }) => refuse(`${key}: ${why}`));
  await queues.load();
  return {
    queues,
    store,
    async [Symbol.asyncDispose]() {
      await queues.close();
      await store.close();
    },
  };
}

/** What readers of figures must know of `comeFirst`. */
export const CAME_FIRST =
  'Came first: with the highest priority, so that what else this machine does is not measured too.';

/** Asks for the highest priority, so that what else the machine does is not taken for ours. False where that is not allowed. */
export function comeFirst(): boolean {
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
    return true;
  } catch {
    return false;
  }
}

/** A queue entry as the bot makes them of a video, with a title of ordinary length. */
export const entry = (number: number): QueueEntry => ({
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

export const entries = (count: number): QueueEntry[] => Array.from({ length: count }, (_, index) => entry(index));

/** Bytes that this process has handed to write system calls until now, all threads (`wchar` of proc_pid_io(5)). Linux only. */
export async function bytesWritten(): Promise<number> {
  return bytesWrittenIn(await readFile('/proc/self/io', 'utf8'));
}

/** The same in the text of a `/proc/<pid>/io`; NaN when it is not there. */
export function bytesWrittenIn(io: string): number {
  return Number(/^wchar: (\d+)$/m.exec(io)?.[1]);
}

function refuse(line: string): never {
  throw new Error(line);
}
