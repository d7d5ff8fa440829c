import { join } from 'node:path';
import type { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { Measurement } from '../measurement.ts';
import { median, rounded } from '../statistics.ts';
import { CAME_FIRST, entries, entry, makePlace, openQueues } from './place.ts';
import type { RestoreRun } from './restore-program.ts';
import { runProgram } from './run-program.ts';

const GUILDS = { full: 1_000, quick: 20 };
const TRACKS = 70;
/** Each tenth guild has changed so often that most of its queue is in pages; of the others all is in operations. */
const BUSY_EVERY = 10;
const CHANGES = { few: 6, many: 300 };
const STARTS = 5;
const MOST_MS = 2_000;

/** How long a bot that starts reads the queues of a thousand guilds. */
export const restoring: Measurement = {
  name: 'restore',
  title: `Opening the database and restoring ${GUILDS.full} guilds of ${TRACKS} tracks`,
  run: async ({ quick, signal, say }) => {
    await using place = await makePlace();
    const path = join(place.path, 'restore.sqlite');
    const count = quick ? GUILDS.quick : GUILDS.full;
    await fill(path, count, signal);
    say(`${count} guilds are written`);
    const runs: RestoreRun[] = [];
    while (runs.length < STARTS) runs.push(await runProgram<RestoreRun>('restore-program.ts', [path], signal));
    for (const { guilds, tracks } of runs) {
      if (guilds !== count || tracks !== count * TRACKS) throw new Error(`restored ${guilds} guilds, ${tracks} tracks`);
    }
    const figures = {
      guilds: count,
      tracks_each: TRACKS,
      median_ms: median(runs.map(({ ms }) => ms)),
      max_ms: Math.max(...runs.map(({ ms }) => ms)),
      cpu_ms: rounded(median(runs.map(({ cpuMs }) => cpuMs)), 0),
      came_first: runs.every(({ cameFirst }) => cameFirst),
    };
    return {
      table: [
        ['guilds', 'tracks each', 'median ms', 'max ms', 'CPU ms', 'came first'],
        Object.values(figures).map(String),
      ],
      notes: [
        `${STARTS} processes one after the other, each from opening the file until the last queue is there.`,
        CAME_FIRST,
      ],
      figures,
      missed: figures.median_ms < MOST_MS ? [] : [`restoring took ${figures.median_ms} ms, not less than ${MOST_MS}`],
    };
  },
};

async function fill(path: string, count: number, signal: AbortSignal): Promise<void> {
  await using opened = await openQueues(path);
  const { queues } = opened;
  const names = Array.from({ length: count }, (_, index) => `${81_384_788_765_712_384n + BigInt(index)}`);
  await Promise.all(
    names.map((name, index) => live(queues, name, index % BUSY_EVERY === 0 ? CHANGES.many : CHANGES.few, signal)),
  );
}

/** A guild with a playlist, a session and so many changes, which leave it with as many tracks. */
async function live(queues: AdvancedQueueManager, name: string, changes: number, signal: AbortSignal): Promise<void> {
  await queues.apply(name, { type: 'add', entries: entries(TRACKS), start: true });
  await queues.updateSession(name, { voiceChannelId: name, textChannelId: name, volume: 40 });
  for (let change = 0; change < changes; change += 2) {
    signal.throwIfAborted();
    await queues.apply(name, { type: 'add', entries: [entry(change)] });
    await queues.apply(name, { type: 'advance' });
  }
}
