import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from '../../loopback/until.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** The bot as a process of its own, so that it can be killed. */
export interface BotProcess {
  readonly child: ChildProcess;
  log(): string;
  /** Resolves with how it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts `src/main.ts` and resolves when it says that it is ready. It is killed after the test. */
export async function startBotProcess(env: Readonly<Record<string, string>>): Promise<BotProcess> {
  const inherited = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
  const child = spawn(process.execPath, [MAIN], { env: { ...inherited, LOG_LEVEL: 'debug', ...env } });
  let output = '';
  const keep = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async ({ task }) => {
    child.kill('SIGKILL');
    await ended;
    if (task.result?.state === 'fail') process.stderr.write(output);
  });
  const isReady = () => {
    if (child.exitCode !== null) throw new Error(`the bot ended with ${child.exitCode}:\n${output}`);
    return output.includes('"msg":"ready"');
  };
  await until('the bot to be ready', isReady, 40_000);
  return { child, ended, log: () => output };
}
