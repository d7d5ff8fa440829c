import { setInterval as every } from 'node:timers';
import { journalKeys } from '../../src/queue/queue-journal.ts';
import { quantile, rounded } from '../statistics.ts';
import { comeFirst, entries, entry, openQueues } from './place.ts';
import { storeOnThisThread } from './same-thread.ts';

/** What one run had; milliseconds. */
export interface ClockRun {
  readonly late_p99_ms: number;
  readonly late_max_ms: number;
  /** Share of the ticks that came more than one frame late. */
  readonly too_late: number;
  readonly operations: number;
  readonly write_p50_ms: number | null;
  /** Pages of the long queue that snapshots had written at the end. */
  readonly pages: number;
  readonly came_first: boolean;
}

const TICK_MS = 20;
const GUILDS = 50;
const TRACKS = 70;
const LONG_QUEUE = 10_000;
const LONG = 'guild-0';

// The clock of the audio on the main thread, as @discordjs/voice has it, while queues change fifty times a second. Says a ClockRun.
const cameFirst = comeFirst();
const [where = '', path = '', spanMs = ''] = process.argv.slice(2);
await using opened =
  where === 'none' ? null : await openQueues(path, where === 'main' ? await storeOnThisThread(path) : undefined);
const names = Array.from({ length: GUILDS }, (_, index) => `guild-${index}`);
for (const name of names) {
  const tracks = entries(name === LONG ? LONG_QUEUE : TRACKS);
  await opened?.queues.apply(name, { type: 'add', entries: tracks, start: true });
}
console.log(JSON.stringify(await measure(Number(spanMs))));

async function measure(span: number): Promise<ClockRun> {
  const waits: number[] = [];
  const underWay = new Set<Promise<void>>();
  let number = 0;
  const change = async () => {
    const name = names[number % GUILDS] ?? '';
    const asked = performance.now();
    number += 1;
    const longOne = number % 4 === 0 ? LONG : name;
    await opened?.queues.apply(
      longOne,
      number % 2 === 0 ? { type: 'add', entries: [entry(number)] } : { type: 'advance' },
    );
    opened?.queues.notePosition(name, opened.queues.queue(name).current?.id ?? '', number);
    waits.push(performance.now() - asked);
  };
  const busy = every(() => {
    const work = change().finally(() => underWay.delete(work));
    underWay.add(work);
  }, TICK_MS);
  const late = await tick(span);
  clearInterval(busy);
  await Promise.all(underWay);
  return {
    late_p99_ms: rounded(quantile(late, 0.99), 1),
    late_max_ms: rounded(Math.max(...late), 1),
    too_late: rounded(late.filter((ms) => ms > TICK_MS).length / late.length, 3),
    operations: waits.length,
    write_p50_ms: opened === null ? null : rounded(quantile(waits, 0.5), 1),
    pages: (await opened?.store.keys(journalKeys(LONG).pages))?.length ?? 0,
    came_first: cameFirst,
  };
}

/** How late each tick was, milliseconds. Each is due 20 ms after the one before was due, so what is lost has to be made up for. */
function tick(span: number): Promise<readonly number[]> {
  const late: number[] = [];
  const began = performance.now();
  let due = began + TICK_MS;
  return new Promise((resolve) => {
    const next = () => {
      const now = performance.now();
      late.push(Math.max(0, now - due));
      due += TICK_MS;
      if (now - began > span) resolve(late);
      else setTimeout(next, Math.max(0, due - now));
    };
    setTimeout(next, TICK_MS);
  });
}
