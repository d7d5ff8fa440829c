import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const BENCH = join(import.meta.dirname, '../bench/torture.ts');

it('measures everything, and says it in one line', async () => {
  const child = spawn(process.execPath, [BENCH, '--quick', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGTERM'));
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  const { table, ...others } = JSON.parse(out.trim().split('\n').at(-1) ?? '');
  expect(table.right).toBe(table.cases);
  expect(table.prism_right).toBeLessThan(table.mediabunny_right);
  expect(table.mediabunny_right).toBeLessThan(table.cases);
  const cpu = {
    ours_ms: expect.any(Number),
    prism_ms: expect.any(Number),
    mediabunny_ms: expect.any(Number),
    ratio: expect.any(Number),
  };
  expect(others).toMatchObject({
    failure: null,
    mutations: { mutations: 5_000, silent: 0, crashes: 0, invented: 0, cut: { wrong: 0 } },
    cpu: { rows: [cpu, cpu, cpu, cpu] },
  });
}, 120_000);
