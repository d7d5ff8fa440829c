import { readdir, readFile } from 'node:fs/promises';
import { sleep } from '../../src/lib/time.ts';

/** What this process has open: kinds of handles and requests as Node names them, children and listeners of signals. */
export type Resources = Readonly<Record<string, number>>;

/** A pooled connection may live on for some seconds after its last use, and what has just ended may not be collected yet. */
const SETTLE_MS = 20_000;
const LOOK_EVERY_MS = 200;
/** Come and go with files that are read and names that are looked up. */
const PASSING = new Set(['FSReqCallback', 'FSReqPromise', 'GetAddrInfoReqWrap', 'TickObject', 'Immediate', 'CloseReq']);

/** Counted now. Linux only. */
export async function resources(): Promise<Resources> {
  const counts: Record<string, number> = { children: (await children(process.pid)).length };
  for (const name of ['uncaughtException', 'unhandledRejection', 'SIGTERM', 'exit', 'warning'] as const) {
    counts[`listeners of ${name}`] = process.listenerCount(name);
  }
  for (const kind of process.getActiveResourcesInfo()) {
    if (!PASSING.has(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** What there is more of than before, in words. */
export function more(before: Resources, now: Resources): string[] {
  return Object.entries(now).flatMap(([kind, count]) => {
    const was = before[kind] ?? 0;
    return count > was ? [`${kind}: ${was} before, ${count} now`] : [];
  });
}

/** Resolves when there is no more than before, with nothing; or, when that takes too long, with what there is more of. */
export async function leftOver(before: Resources): Promise<string[]> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const left = more(before, await resources());
    if (left.length === 0 || performance.now() > end) return left;
    await sleep(LOOK_EVERY_MS);
  }
}

/** The ids of the processes that this one started and that live. */
export async function children(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''));
  return (await Promise.all(lists)).flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}
