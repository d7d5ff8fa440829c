import { join } from 'node:path';
import { run } from '../../loopback/demo/processes.ts';
import { within } from '../../src/lib/time.ts';

const DEADLINE_MS = 180_000;

/** Runs one of the programs of this folder in a process of its own, and resolves with the JSON of the line that it says. */
export async function runProgram<T>(
  name: string,
  words: readonly string[],
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const program = run(join(import.meta.dirname, name), words, env);
  try {
    const late = () => new Error(`${name} says nothing`);
    const line = program.line((said) => said.startsWith('{'));
    return JSON.parse(await within(DEADLINE_MS, line, late, signal)) as T;
  } finally {
    await program.end('SIGKILL');
  }
}
