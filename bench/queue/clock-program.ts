import { readFileSync } from 'node:fs';
import { setInterval as every } from 'node:timers';
import { quantile, rounded } from '../statistics.ts';
import { comeFirst, entries, entry, openQueues } from './place.ts';
import { storeOnThisThread } from './same-thread.ts';

/** What one run had; milliseconds. */
export interface ClockRun {
  readonly late_p99_ms: number;
  readonly late_max_ms: number;
  /** The same without what other programs did to it: the time for which this thread was ready, and others had the processors. */
  readonly own_max_ms: number;
  /** Share of the ticks that came more than one frame late. */
  readonly too_late: number;
  readonly operations: number;
  readonly write_p50_ms: number | null;
  readonly came_first: boolean;
}

const TICK_MS = 20;
const GUILDS = 50;
const TRACKS = 70;
const LONG_QUEUE = 10_000;

// The clock of the audio on the main thread, as @discordjs/voice has it, while queues change fifty times a second. Says a ClockRun.
const cameFirst = comeFirst();
const [where = '', path = '', spanMs = ''] = process.argv.slice(2);
await using opened =
  where === 'none' ? null : await openQueues(path, where === 'main' ? await storeOnThisThread(path) : undefined);
const names = Array.from({ length: GUILDS }, (_, index) => `guild-${index}`);
for (const [index, name] of names.entries()) {
  const tracks = entries(index === 0 ? LONG_QUEUE : TRACKS);
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
    const longOne = number % 4 === 0 ? (names[0] ?? name) : name;
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
  const total = late.map(({ all }) => all);
  clearInterval(busy);
  await Promise.all(underWay);
  return {
    late_p99_ms: rounded(quantile(total, 0.99), 1),
    late_max_ms: rounded(Math.max(...total), 1),
    own_max_ms: rounded(Math.max(...late.map(({ own }) => own)), 1),
    too_late: rounded(total.filter((ms) => ms > TICK_MS).length / late.length, 3),
    operations: waits.length,
    write_p50_ms: opened === null ? null : rounded(quantile(waits, 0.5), 1),
    came_first: cameFirst,
  };
}

/** How late each tick was. Each is due 20 ms after the one before was due, so what is lost has to be made up for. */
function tick(span: number): Promise<readonly { readonly all: number; readonly own: number }[]> {
  const late: { all: number; own: number }[] = [];
  const began = performance.now();
  let [due, waited, excused] = [began + TICK_MS, waitedMs(), 0];
  return new Promise((resolve) => {
    const next = () => {
      const [now, waitedNow] = [performance.now(), waitedMs()];
      const all = Math.max(0, now - due);
      // What others took is an excuse until the ticks have caught up.
      excused = Math.min(all, excused + waitedNow - waited);
      late.push({ all, own: all - excused });
      waited = waitedNow;
      due += TICK_MS;
      if (now - began > span) resolve(late);
      else setTimeout(next, Math.max(0, due - now));
    };
    setTimeout(next, TICK_MS);
  });
}

/** For how long the main thread has been ready without a processor, until now (schedstats of Linux; elsewhere nothing is excused). */
function waitedMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
