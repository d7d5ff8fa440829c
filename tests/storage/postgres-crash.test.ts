import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import { openStore } from '../../src/storage/index.ts';
import type { Store } from '../../src/storage/store.ts';
import { PostgresServer, programs } from './fixtures/postgres-server.ts';
import { entries } from '../queue/queue-model.ts';

const WRITER = fileURLToPath(new URL('fixtures/url-writer.ts', import.meta.url));
const WRITERS = 8;
const ROUNDS = 3;

describe('a PostgreSQL server that crashes', { skip: programs() === null }, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server.remove());

  const open = (url: string) =>
    openStore(url, (line) => {
      throw new Error(line);
    });

  /** Writes numbers until a write rejects. Adds each key that was acknowledged to `kept`, and returns the rejection. */
  async function writeUntilRefused(store: Store, prefix: string, kept: Set<string>): Promise<unknown> {
    for (let next = 0; ; next += 1) {
      const key = `${prefix}:${next}`;
      try {
        await store.set(key, key);
      } catch (error) {
        return error;
      }
      kept.add(key);
    }
  }

  it('has kept every key that was acknowledged, and the store goes on when it is back', async () => {
    const url = await server.database('crashes');
    // What an operator may have set for speed: the store must not believe in it.
    await server.sql('ALTER DATABASE crashes SET synchronous_commit = off');
    const store = await open(url);
    const kept = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = kept.size;
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        writeUntilRefused(store, `${round}:${writer}`, kept),
      );
      await until('enough writes', () => kept.size > before + 400, 30_000);
      await server.crash();
      for (const refusal of await Promise.all(writers)) {
        expect(String(refusal)).toMatch(/^StoreTrouble: the database (cannot be reached|is being stopped)$/);
      }
      await expect(store.get('0:0:0')).rejects.toMatchObject({
        message: 'the database cannot be reached',
        cause: { message: expect.stringMatching(/^PostgreSQL at .* nothing listens there/) },
      });
      await server.start();
      await store.set(`${round}:after`, `${round}:after`);
      kept.add(`${round}:after`);
      const keys = [...kept];
      expect(await store.getMany(keys)).toEqual(keys);
    }
    await store.close();
    expect(kept.size).toBeGreaterThan(ROUNDS * 400);
  });

  it('has kept every key that a killed process was told of, and lets the next process in at once', async () => {
    const url = await server.database('kills');
    const told: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const writer = spawn(process.execPath, [WRITER, url, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(writer, 'close');
      let text = '';
      writer.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > 3_000) writer.kill('SIGKILL');
      });
      expect((await ended)[1]).toBe('SIGKILL');
      told.push(...text.split('\n').slice(0, -1));
      const store = await open(url);
      expect(await store.getMany(told)).toEqual(told);
      await store.close();
    }
    expect(told.length).toBeGreaterThan(ROUNDS * 300);
  });

  it('keeps a queue, its place and its session', async () => {
    const url = await server.database('queues');
    const store = await open(url);
    const manager = new AdvancedQueueManager({ store });
    await manager.load();
    await manager.apply('1', { type: 'add', entries: entries(1_000) });
    await manager.apply('1', { type: 'advance' });
    await manager.updateSession('1', { volume: 40, positionMs: 61_000 });
    const { current, upcoming } = manager.queue('1');
    await server.crash();
    await expect(manager.apply('1', { type: 'advance' })).rejects.toThrow();
    await server.start();
    await manager.apply('1', { type: 'advance' });
    await manager.close();
    await store.close();

    const again = await open(url);
    const recovered = new AdvancedQueueManager({ store: again });
    await recovered.load();
    expect(upcoming).toHaveLength(999);
    expect(recovered.queue('1').current).toEqual(upcoming[0]);
    expect(recovered.queue('1').upcoming).toEqual(upcoming.slice(1));
    expect(recovered.queue('1').current).not.toEqual(current);
    expect(recovered.session('1').volume).toBe(40);
    await recovered.close();
    await again.close();
  });
});
