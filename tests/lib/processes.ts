import { readFileSync } from 'node:fs';

/** A killed orphan stays in the process table, as a zombie, for as long as process 1 does not care to reap it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
