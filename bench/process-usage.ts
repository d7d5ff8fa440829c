import { readdir, readFile } from 'node:fs/promises';

/** Linux tells user space 100 ticks a second on every architecture that Node runs on (proc_pid_stat(5), sysconf(_SC_CLK_TCK)). */
const TICK_MS = 10;
/** utime, stime, cutime and cstime, counted from the field behind the name of the program (proc_pid_stat(5), fields 14 to 17). */
const CPU_FIELDS = [11, 12, 13, 14] as const;

/** CPU milliseconds (user and system, all threads, children that have ended) of a process that lives. Linux only. */
export async function cpuMs(pid: number): Promise<number> {
  return cpuMsIn(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

/** The same in the text of a `/proc/<pid>/stat`. The name of the program may itself have spaces and brackets. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return CPU_FIELDS.reduce((ticks, index) => ticks + Number(fields[index]), 0) * TICK_MS;
}

/** What a process holds in memory now, megabytes (of 1024 kB). Linux only. */
export async function rssMb(pid: number): Promise<number> {
  return rssMbIn(await readFile(`/proc/${pid}/status`, 'utf8'));
}

/** The same in the text of a `/proc/<pid>/status`; NaN when it is not there. */
export function rssMbIn(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

/** The processes that a process has started and that are still there. Linux only. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  return lists.join(' ').split(' ').filter(Boolean).map(Number);
}
