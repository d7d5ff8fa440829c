import type { SeedResult } from './run-seed.ts';

const LOG_LINES = 40;

/** What came of all seeds, for programs. */
export function summary(results: readonly SeedResult[], seconds: number) {
  const total = (figure: (result: SeedResult) => number) => results.reduce((sum, result) => sum + figure(result), 0);
  const most = (figure: (result: SeedResult) => number) => Math.max(0, ...results.map(figure));
  const failed = results.filter(({ violations }) => violations.length > 0);
  return {
    seeds: results.length,
    passed: results.length - failed.length,
    failed_seeds: failed.map(({ seed }) => seed),
    steps: total(({ steps }) => steps),
    faults_thrown: total(({ faults }) => faults),
    commands: total(({ commands }) => commands),
    frames_heard: total(({ frames }) => frames),
    max_op4_per_minute: most(({ op4 }) => op4.guild),
    max_op4_per_minute_of_all_guilds: most(({ op4 }) => op4.shard),
    unhandled: total(({ unhandled }) => unhandled),
    survived: total(({ survived }) => survived),
    leaks: total(({ leaks }) => leaks),
    seconds,
  };
}

/** One seed in a line. */
export function inOneLine({ seed, violations, steps, faults, commands, frames, op4, seconds }: SeedResult): string {
  const verdict = violations.length === 0 ? 'ok  ' : 'FAIL';
  return `${verdict} seed ${seed}: ${steps} steps, ${faults} faults, ${commands} commands, ${frames} frames heard, at most ${op4.guild} op 4 a minute and guild, ${seconds} s`;
}

/** All that is needed to understand why a seed failed, and to see it fail again. */
export function failure({ seed, violations, done, log }: SeedResult): string {
  const number = done.length - 1;
  return [
    ...violations.slice(0, 10).map((violation) => `     violated: ${violation}`),
    `     at step ${number}; again with: npm run chaos -- --seed ${seed}`,
    ...done.map((step, index) => `     ${index} ${step}`),
    ...log.slice(-LOG_LINES).map((line) => `     | ${line}`),
  ].join('\n');
}
