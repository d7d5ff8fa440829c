import { join } from 'node:path';
import type { AdvancedQueueManager } from '../../src/queue/advanced-queue-manager.ts';
import type { Measurement } from '../measurement.ts';
import { quantile, rounded } from '../statistics.ts';
import { entries, entry, makePlace, openQueues } from './place.ts';

const GUILDS = [1, 10, 50] as const;
const TRACKS = 70;
const SPAN_MS = { full: 5_000, quick: 300 };

/** How many operations a second are durable when one, ten and fifty guilds change their queues, each one after the other. */
export const guilds: Measurement = {
  name: 'guilds',
  title: `Operations a second, durable, with ${GUILDS.join(', ')} guilds that never pause`,
  run: async ({ quick, signal }) => {
    await using place = await makePlace();
    const levels = [];
    for (const count of GUILDS) {
      await using opened = await openQueues(join(place.path, `${count}.sqlite`));
      const { queues } = opened;
      const names = Array.from({ length: count }, (_, index) => `guild-${index}`);
      await Promise.all(
        names.map((name) => queues.apply(name, { type: 'add', entries: entries(TRACKS), start: true })),
      );
      const spanMs = quick ? SPAN_MS.quick : SPAN_MS.full;
      const end = performance.now() + spanMs;
      const waits = (await Promise.all(names.map((name) => keepBusy(queues, name, end, signal)))).flat();
      levels.push({
        guilds: count,
        operations_per_second: Math.round((waits.length * 1_000) / spanMs),
        p50_ms: rounded(quantile(waits, 0.5), 2),
        p99_ms: rounded(quantile(waits, 0.99), 2),
      });
    }
    return {
      table: [
        ['guilds', 'operations/s', 'p50 ms', 'p99 ms'],
        ...levels.map((level) => Object.values(level).map(String)),
      ],
      notes: [`Each guild has ${TRACKS} tracks and adds one, then takes one, and waits for each to be durable.`],
      figures: { levels },
    };
  },
};

/** Milliseconds that each operation took. */
async function keepBusy(
  queues: AdvancedQueueManager,
  guildId: string,
  end: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const waits: number[] = [];
  for (let number = 0; performance.now() < end; number += 1) {
    signal.throwIfAborted();
    const asked = performance.now();
    await queues.apply(guildId, number % 2 === 0 ? { type: 'add', entries: [entry(number)] } : { type: 'advance' });
    waits.push(performance.now() - asked);
  }
  return waits;
}
