import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bytesWrittenIn } from '../bench/queue/place.ts';
import { compileSlowFsync } from '../bench/queue/slow-fsync.ts';

const BENCH = join(import.meta.dirname, '../bench/queue.ts');

it('reads how much a process has written', () => {
  expect(bytesWrittenIn('rchar: 1\nwchar: 4096\nsyscr: 3\nwrite_bytes: 8192\n')).toBe(4_096);
  expect(bytesWrittenIn('')).toBeNaN();
});

it('makes no slow disk where there is no compiler', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-slow-'));
  const path = process.env['PATH'];
  onTestFinished(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true });
  });
  process.env['PATH'] = folder;
  expect(await compileSlowFsync(folder)).toBeNull();
});

it('measures everything, and says it in one line', async () => {
  const child = spawn(process.execPath, [BENCH, '--quick', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGTERM'));
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  const level = { p50_ms: expect.any(Number), kb_per_operation: expect.any(Number) };
  // How good the figures are says more about what else the machine does just now.
  expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({
    failure: null,
    quick: true,
    enqueue: {
      levels: [10, 1_000, 10_000].map((tracks) => ({ tracks, ...level, whole_json: level })),
      ratio: { p50_ms: expect.any(Number) },
    },
    guilds: { levels: [{ guilds: 1 }, { guilds: 10 }, { guilds: 50, operations_per_second: expect.any(Number) }] },
    audio_clock: expect.toSatisfy((clock: object) => 'measured' in clock || ('worker' in clock && 'main' in clock)),
    restore: { guilds: 20, median_ms: expect.any(Number) },
  });
}, 150_000);
