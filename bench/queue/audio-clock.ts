import { join } from 'node:path';
import type { Measurement, Outcome } from '../measurement.ts';
import type { ClockRun } from './clock-program.ts';
import { CAME_FIRST, makePlace } from './place.ts';
import { runProgram } from './run-program.ts';
import { START_OPTIONS } from '../node-options.ts';
import { compileSlowFsync, FSYNC_MS } from './slow-fsync.ts';

/** No store at all, the store as it is, and the same without its thread. */
const PLACES = ['none', 'worker', 'main'] as const;
/** Long enough for the long queue to be written anew as a whole. */
const SPAN_MS = { full: 32_000, quick: 1_500 };
const FRAME_MS = 20;
const ALL_PAGES = 70;

/** How late the 20 ms clock of the audio comes while queues are written to a disk of which each flush takes 50 ms. */
export const audioClock: Measurement = {
  name: 'audio_clock',
  title: `The 20 ms clock of the audio, while queues change on a disk that takes ${FSYNC_MS} ms for each flush`,
  run: async ({ quick, signal, say }) => {
    await using place = await makePlace();
    const library = await compileSlowFsync(place.path);
    if (library === null) {
      say('there is no C compiler (cc), with which a slow disk is made: not measured');
      return { table: [['not measured']], notes: [], figures: { measured: null, why: 'no C compiler' } };
    }
    const runs: Partial<Record<(typeof PLACES)[number], ClockRun>> = {};
    for (const where of PLACES) {
      const words = [where, join(place.path, `${where}.sqlite`), String(quick ? SPAN_MS.quick : SPAN_MS.full)];
      runs[where] = await runProgram<ClockRun>('clock-program.ts', words, signal, {
        LD_PRELOAD: library,
        NODE_OPTIONS: START_OPTIONS,
      });
    }
    return report(runs, quick);
  },
};

function report(runs: Partial<Record<(typeof PLACES)[number], ClockRun>>, quick: boolean): Outcome {
  const { late_max_ms = Infinity, write_p50_ms = 0, pages = 0 } = runs.worker ?? {};
  const missed = [];
  if (late_max_ms > FRAME_MS) missed.push(`the audio clock was ${late_max_ms} ms late, not at most ${FRAME_MS}`);
  if (!quick && pages < ALL_PAGES) missed.push(`only ${pages} pages of the long queue were written`);
  if ((write_p50_ms ?? 0) < FSYNC_MS) missed.push(`the disk was not slow: a write took ${write_p50_ms} ms`);
  return {
    table: [
      [
        'queues written',
        'late p99 ms',
        'late max ms',
        'ticks > 20 ms late',
        'operations',
        'write p50 ms',
        'pages',
        'came first',
      ],
      ...Object.entries(runs).map(([where, figures]) => [where, ...Object.values(figures).map(String)]),
    ],
    notes: [
      'none: nothing is written, which is what this machine does to any clock. worker: the bot. main: its store without a thread of its own.',
      'Fifty times a second one of 50 guilds changes its queue, one of them of 10,000 tracks. A tick is late by its distance from when it was due.',
      'Pages: of the long queue, that snapshots had written when it was over; it has 79.',
      CAME_FIRST,
    ],
    figures: { fsync_ms: FSYNC_MS, ...runs },
    missed,
  };
}
