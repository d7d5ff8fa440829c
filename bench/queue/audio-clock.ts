import { join } from 'node:path';
import type { Measurement, Outcome } from '../measurement.ts';
import type { ClockRun } from './clock-program.ts';
import { CAME_FIRST, makePlace } from './place.ts';
import { runProgram } from './run-program.ts';
import { compileSlowFsync, FSYNC_MS } from './slow-fsync.ts';

/** No store at all, the store as it is, and the same without its thread. */
const PLACES = ['none', 'worker', 'main'] as const;
const SPAN_MS = { full: 15_000, quick: 1_500 };
const FRAME_MS = 20;

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
      runs[where] = await runProgram<ClockRun>('clock-program.ts', words, signal, { LD_PRELOAD: library });
    }
    return report(runs);
  },
};

function report(runs: Partial<Record<(typeof PLACES)[number], ClockRun>>): Outcome {
  const { own_max_ms = Infinity, write_p50_ms = 0 } = runs.worker ?? {};
  const missed = [];
  if (own_max_ms > FRAME_MS) missed.push(`the audio clock was ${own_max_ms} ms late, not at most ${FRAME_MS}`);
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
        'came first',
      ],
      ...Object.entries(runs).map(([where, figures]) => [where, ...Object.values(figures).map(String)]),
    ],
    notes: [
      'none: nothing is written, which is what this machine does to any clock. worker: the bot. main: its store without a thread of its own.',
      'Fifty times a second one of 50 guilds changes its queue, one of them of 10,000 tracks. A tick is late by its distance from when it was due.',
      'Own: without the time for which the thread was ready to run and other threads had the processors (/proc/self/schedstat).',
      CAME_FIRST,
    ],
    figures: { fsync_ms: FSYNC_MS, ...runs },
    missed,
  };
}
