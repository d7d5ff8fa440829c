import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import { filterInWords } from '../../src/queue/filters.ts';
import type { QueueEntry } from '../../src/queue/queue.ts';
import { openStore } from '../../src/storage/index.ts';
import type { Seen } from './seen.ts';

const NAME = 'tenuto.sqlite';

interface Found {
  readonly guilds: ReadonlyMap<string, Seen>;
  readonly warnings: readonly string[];
}

/** A copy of what a bot that is dead has left, to be looked at. Gone when disposed of. */
export class Remains implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async of(dataDir: string): Promise<Remains> {
    const folder = await mkdtemp(join(tmpdir(), 'tenuto-remains-'));
    for (const suffix of ['', '-wal']) {
      await copyFile(join(dataDir, NAME + suffix), join(folder, NAME + suffix)).catch((error: unknown) => {
        // Killed before it made one.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      });
    }
    return new Remains(folder);
  }

  get url(): string {
    return `sqlite:${join(this.#folder, NAME)}`;
  }

  /** What the next process would find, by guild, and what it would complain of. */
  async read(guildIds: readonly string[]): Promise<Found> {
    const warnings: string[] = [];
    const store = await openStore(this.url, (line) => warnings.push(line));
    try {
      const queues = new AdvancedQueueManager({ store });
      queues.on('set-aside', ({ key, why }) => warnings.push(`${key}: ${why}`));
      await queues.load();
      return { guilds: new Map(guildIds.map((guildId) => [guildId, seenIn(queues, guildId)])), warnings };
    } finally {
      await store.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function seenIn(queues: AdvancedQueueManager, guildId: string): Seen {
  const { current, upcoming, history, undoable, loop } = queues.queue(guildId);
  const { volume, paused, filters, normalise, autoplay } = queues.session(guildId);
  const titles = (entries: readonly QueueEntry[]) => entries.map(({ track }) => track.title);
  return {
    current: current?.track.title ?? null,
    upcoming: titles(upcoming),
    history: titles(history),
    undoable: undoable === null ? null : titles(undoable.upcoming),
    loop,
    volume,
    filters: filters.map(filterInWords).join(', '),
    normalise,
    autoplay,
    paused: paused === 'person',
  };
}
