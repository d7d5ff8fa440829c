import { Dice } from '../chaos/dice.ts';
import { Lane, type Seat } from '../lane.ts';
import type { Measurement } from '../measurement.ts';
import { quantile, rounded } from '../statistics.ts';
import { BusyCores } from './busy.ts';

const GUILDS = 50;
const COMMANDS = 600;
const LETTERS = 300;
/** People who do something at the same time. */
const PEOPLE = 4;

const MOST_ACKNOWLEDGED_MS = 300;
const MOST_SUGGESTED_MS = 250;

/** What people do all the time, and what it changes, which is written to the disk. */
const DEEDS: readonly (readonly [string, Readonly<Record<string, string | number>>])[] = [
  ['queue', {}],
  ['nowplaying', {}],
  ['voicestatus', {}],
  ['history', {}],
  ['volume', { level: 80 }],
  ['volume', { level: 100 }],
  ['pause', {}],
  ['resume', {}],
];

/** Songs that somebody may be looking for: nothing of it was typed before, so nothing is in a cache. */
const SYLLABLES = ['mo', 'ren', 'do', 'fer', 'ma', 'ta', 'can', 'to'];

/** How soon people get an answer from a bot that plays in 50 guilds on a machine that has other work for every core. */
export const answers: Measurement = {
  name: 'answers',
  title: 'how soon a person sees that the bot has heard them, and what it suggests while they type',
  async run({ quick, signal, say }) {
    const [guilds, commands, letters] = quick ? [5, 40, 20] : [GUILDS, COMMANDS, LETTERS];
    await using lane = await Lane.start({ signal });
    const seats: Seat[] = [];
    for (let count = 1; count <= guilds; count += 1) {
      const seat = lane.addSeat();
      await lane.player.play(seat, lane.songUrl);
      await seat.ada.slash('loop', { mode: 'track' }).then((asked) => asked.answered());
      seats.push(seat);
      if (count % 10 === 0) say(`plays in ${count} guilds`);
    }
    await using busy = new BusyCores();
    const dice = new Dice(1);
    const acknowledged: number[] = [];
    await together(commands, async () => {
      signal.throwIfAborted();
      const [name, options] = dice.pick(DEEDS);
      const asked = await dice.pick(seats).ada.slash(name, options);
      await asked.answered();
      acknowledged.push(asked.outcome.firstResponseMs ?? Number.NaN);
    });
    say(`${acknowledged.length} commands were acknowledged`);
    const suggested: number[] = [];
    await together(letters, async () => {
      signal.throwIfAborted();
      const query = [dice.pick(SYLLABLES), dice.pick(SYLLABLES), String(suggested.length)].join('');
      const began = performance.now();
      await dice.pick(seats).ada.autocomplete('play', { query }, 'query');
      suggested.push(performance.now() - began);
    });
    const rows = [
      rowOf('acknowledged', acknowledged, 0.99, MOST_ACKNOWLEDGED_MS),
      rowOf('suggested', suggested, 0.95, MOST_SUGGESTED_MS),
    ];
    return {
      table: [
        ['', 'count', 'median', 'p95', 'p99', 'most allowed'],
        ...rows.map(({ name, count, p50_ms, p95_ms, p99_ms, part, most_ms }) => [
          name,
          String(count),
          ...[p50_ms, p95_ms, p99_ms].map((ms) => `${ms} ms`),
          `p${100 * part} ${most_ms} ms`,
        ]),
      ],
      notes: [
        `${guilds} guilds play, ${busy.count} threads do nothing but keep ${busy.count} cores busy, ${PEOPLE} people at a time.`,
        'Counted from the moment in which the double sends the interaction until the first answer to it arrives there.',
      ],
      figures: { guilds, busy_threads: busy.count, rows },
      missed: rows
        .filter(({ met }) => !met)
        .map(({ name, most_ms, part }) => `${name}: p${100 * part} above ${most_ms} ms`),
    };
  },
};

/** Does something so many times, a few at a time. */
async function together(times: number, act: () => Promise<void>): Promise<void> {
  let left = times;
  const person = async () => {
    while (left > 0) {
      left -= 1;
      await act();
    }
  };
  await Promise.all(Array.from({ length: PEOPLE }, person));
}

function rowOf(name: string, times: readonly number[], part: number, most: number) {
  const at = (share: number) => rounded(quantile(times, share), 1);
  return {
    name,
    count: times.length,
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    p99_ms: at(0.99),
    part,
    most_ms: most,
    met: quantile(times, part) < most,
  };
}
