import type { Contestant } from './contestants.ts';
import type { Outcome } from './measurement.ts';
import { median, rounded } from './statistics.ts';

/** What was measured of one process while it played. */
export interface Sample {
  readonly streams: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly rssMb: number;
  /** |time between two packets - 20 ms|, of one listener. */
  readonly jitterP50Ms: number;
  readonly jitterP99Ms: number;
  /** Packets a second, of the listener who heard fewest. */
  readonly slowestRate: number;
  /** True when all that was looked at was end-to-end encrypted. */
  readonly dave: boolean;
}

/** One process from start to end. */
export interface Round {
  /** When it was ready and had played nothing. */
  readonly idleRssMb: number;
  /** One for each number of streams. */
  readonly samples: readonly Sample[];
}

const HEADING = ['streams', 'CPU %', '% a stream', 'bare', 'ratio', 'RSS MB', 'bare', 'ratio', 'p99 off ms', 'bare'];

/** Medians of all rounds, and the medians of what each pair of rounds, one after the other, had as its ratio. */
export function report(
  rounds: Readonly<Record<Contestant, readonly Round[]>>,
  { pairs, seconds }: { readonly pairs: number; readonly seconds: number },
): Outcome {
  const levels = rounds.tenuto[0]?.samples.map(({ streams }) => streams) ?? [];
  const figures = levels.map((streams, level) => {
    const tenuto = rounds.tenuto.flatMap(({ samples }) => samples[level] ?? []);
    const bare = rounds.bare.flatMap(({ samples }) => samples[level] ?? []);
    const cpu = ratios(tenuto, bare, ({ cpuPercent }) => cpuPercent);
    const rss = ratios(tenuto, bare, ({ rssMb }) => rssMb);
    return {
      streams,
      tenuto: summary(tenuto, streams),
      bare: summary(bare, streams),
      ratio: { cpu: rounded(median(cpu), 2), rss: rounded(median(rss), 2) },
      cpu_ratio_of_pairs: cpu.map((ratio) => rounded(ratio, 2)),
    };
  });
  const idle = ratios(rounds.tenuto, rounds.bare, ({ idleRssMb }) => idleRssMb);
  const idle_rss_mb = {
    tenuto: rounded(median(rounds.tenuto.map(({ idleRssMb }) => idleRssMb)), 1),
    bare: rounded(median(rounds.bare.map(({ idleRssMb }) => idleRssMb)), 1),
    ratio: rounded(median(idle), 2),
  };
  const dave = [...rounds.tenuto, ...rounds.bare].every(({ samples }) => samples.every((sample) => sample.dave));

  return {
    table: [
      HEADING,
      ...figures.map(({ streams, tenuto, bare, ratio }) =>
        [
          streams,
          tenuto.cpu_percent,
          tenuto.cpu_percent_per_stream,
          bare.cpu_percent,
          ratio.cpu,
          tenuto.rss_mb,
          bare.rss_mb,
          ratio.rss,
          tenuto.jitter_p99_ms,
          bare.jitter_p99_ms,
        ].map(String),
      ),
    ],
    notes: [
      `Percent of one core; medians of ${pairs} processes each, ${seconds} s a figure, the two in turns. Not the double, not the file server.`,
      `CPU ratios of the pairs: ${figures.map((row) => `${row.streams}: ${row.cpu_ratio_of_pairs.join(' ')}`).join(', ')}.`,
      `RSS when ready, before any song: ${idle_rss_mb.tenuto} MB and ${idle_rss_mb.bare} MB, ratio ${idle_rss_mb.ratio}.`,
      `"off" is how far the time between two packets at a listener is from 20 ms.${dave ? ' All was end-to-end encrypted.' : ''}`,
    ],
    figures: { pairs, window_s: seconds, dave, idle_rss_mb, levels: figures },
  };
}

function ratios<T>(tenuto: readonly T[], bare: readonly T[], figure: (of: T) => number): number[] {
  return tenuto.flatMap((one, index) => {
    const other = bare[index];
    return other === undefined ? [] : [figure(one) / figure(other)];
  });
}

function summary(samples: readonly Sample[], streams: number) {
  const middle = (figure: (sample: Sample) => number) => median(samples.map(figure));
  const cpu = middle(({ cpuPercent }) => cpuPercent);
  return {
    cpu_percent: rounded(cpu, 2),
    cpu_percent_per_stream: rounded(cpu / streams, 3),
    rss_mb: rounded(
      middle(({ rssMb }) => rssMb),
      1,
    ),
    jitter_p50_ms: rounded(
      middle(({ jitterP50Ms }) => jitterP50Ms),
      2,
    ),
    jitter_p99_ms: rounded(
      middle(({ jitterP99Ms }) => jitterP99Ms),
      2,
    ),
    slowest_packets_per_s: rounded(Math.min(...samples.map(({ slowestRate }) => slowestRate)), 2),
  };
}
