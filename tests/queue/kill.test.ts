import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { QueueOperation } from '../../src/queue/queue-operations.ts';
import { openStore } from '../../src/storage/index.ts';
import type { Change, Told } from './fixtures/busy-writer.ts';
import { entries, entry, ids, QueueModel } from './queue-model.ts';

const WRITER = fileURLToPath(new URL('fixtures/busy-writer.ts', import.meta.url));
const ROUNDS = 6;

/** What a guild was promised, and the one change at most that was asked for and not promised yet. */
class Promised {
  model = new QueueModel();
  volume = 100;
  pending: Change | null = null;

  hear(change: Change | null): void {
    if (change === null && this.pending !== null) this.take(this.pending);
    this.pending = change;
  }

  take(change: Change): void {
    if (change.type === 'volume') this.volume = change.volume;
    else this.model.apply({ ...change.operation, entries: change.ids.map(entry) } as unknown as QueueOperation);
  }

  get state() {
    return { queue: this.model.asQueue(), volume: this.volume };
  }
}

describe('a process that is killed', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenuto-kill-'));
    path = join(folder, 'tenuto.sqlite');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const withManager = async <T>(use: (manager: AdvancedQueueManager) => Promise<T> | T): Promise<T> => {
    const warnings: unknown[] = [];
    const store = await openStore(`sqlite:${path}`, (line) => warnings.push(line));
    const manager = new AdvancedQueueManager({ store });
    manager.on('set-aside', (record) => warnings.push(record));
    manager.on('problem', (what, cause) => warnings.push([what, cause]));
    await manager.load();
    try {
      return await use(manager);
    } finally {
      await manager.close();
      await store.close();
      expect(warnings).toEqual([]);
    }
  };

  /** Lets a writer work until it has made `count` promises, kills it, and says what it told until then. */
  async function killAfter(count: number, seed: number): Promise<Told[]> {
    const writer = spawn(process.execPath, [WRITER, path, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
    // Not 'exit': what it told may still be in the pipe then.
    const ended = once(writer, 'close');
    const told: Told[] = [];
    let promises = 0;
    // What follows the last line break was cut off by the kill and says nothing.
    let rest = '';
    writer.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const message: Told = JSON.parse(line);
        told.push(message);
        if (message.change === null) promises += 1;
      }
      if (promises >= count) writer.kill('SIGKILL');
    });
    const [, signal] = await ended;
    expect(signal).toBe('SIGKILL');
    return told;
  }

  it('has kept every change that it promised, and made up none', async () => {
    const guilds = new Map(['1', '2', '3'].map((guildId) => [guildId, new Promised()]));
    let promises = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const told = await killAfter(20 + Math.floor(Math.random() * 300), round);
      for (const { guildId, change } of told) guilds.get(guildId)?.hear(change);
      promises += told.filter(({ change }) => change === null).length;

      await withManager((manager) => {
        for (const [guildId, promised] of guilds) {
          const found = { queue: manager.queue(guildId), volume: manager.session(guildId).volume };
          const without = promised.state;
          if (promised.pending !== null) promised.take(structuredClone(promised.pending));
          // What was asked for last may have been written before the kill although nobody was told.
          const legal = [without, promised.state];
          expect(legal).toContainEqual(found);
          promised.model = QueueModel.of(found.queue);
          promised.volume = found.volume;
          promised.pending = null;
        }
      });
    }
    expect(promises).toBeGreaterThan(ROUNDS * 20);
  });

  it('is no different, to the next one, from a process that closed', async () => {
    await withManager(async (manager) => {
      await manager.apply('9', { type: 'add', entries: entries(3) });
      await manager.apply('9', { type: 'advance' });
      manager.notePosition('9', 'e0', 61_000);
    });
    await withManager((manager) => {
      expect(ids(manager.queue('9'))).toEqual(['e0', 'e1', 'e2']);
      expect(manager.session('9').positionMs).toBe(61_000);
    });
  });
});
