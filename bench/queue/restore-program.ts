import { rounded } from '../statistics.ts';
import { comeFirst, openQueues } from './place.ts';

/** What one start had. */
export interface RestoreRun {
  readonly ms: number;
  /** CPU of the process in that time, all threads. */
  readonly cpuMs: number;
  readonly guilds: number;
  readonly tracks: number;
  readonly cameFirst: boolean;
}

// Opens the file and reads every queue, as a bot that starts does, in a process that did nothing before. Says a RestoreRun.
const cameFirst = comeFirst();
const cpu = process.cpuUsage();
const began = performance.now();
await using opened = await openQueues(process.argv[2] ?? '');
const ms = rounded(performance.now() - began, 1);
const { user, system } = process.cpuUsage(cpu);
const { queues } = opened;
const names = queues.guilds();
const tracks = names.reduce((sum, name) => sum + queues.queue(name).upcoming.length + 1, 0);
const cpuMs = (user + system) / 1_000;
console.log(JSON.stringify({ ms, cpuMs, guilds: names.length, tracks, cameFirst } satisfies RestoreRun));
