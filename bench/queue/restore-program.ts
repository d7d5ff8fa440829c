import { rounded } from '../statistics.ts';
import { openQueues } from './place.ts';

/** What one start had. */
export interface RestoreRun {
  readonly ms: number;
  readonly guilds: number;
  readonly tracks: number;
}

// Opens the file and reads every queue, as a bot that starts does, in a process that did nothing before. Says a RestoreRun.
const began = performance.now();
await using opened = await openQueues(process.argv[2] ?? '');
const ms = rounded(performance.now() - began, 1);
const { queues } = opened;
const names = queues.guilds();
const tracks = names.reduce((sum, name) => sum + queues.queue(name).upcoming.length + 1, 0);
console.log(JSON.stringify({ ms, guilds: names.length, tracks } satisfies RestoreRun));
