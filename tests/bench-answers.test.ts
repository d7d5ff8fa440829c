import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const BENCH = join(import.meta.dirname, '../bench/answers.ts');

it('measures how soon people get an answer, and says it in one line', async () => {
  const child = spawn(process.execPath, [BENCH, '--quick', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGTERM'));
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  const row = (name: string, count: number) => ({ name, count, p99_ms: expect.any(Number), met: expect.any(Boolean) });
  // How soon it was says more about what else the machine does just now.
  expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({
    failure: null,
    answers: { guilds: 5, rows: [row('acknowledged', 40), row('suggested', 20)] },
  });
}, 200_000);
