import { makeFixtures, startMediaHost } from '../../loopback/media.ts';
import type { Measurement } from '../measurement.ts';
import { runProgram } from '../queue/run-program.ts';
import { median, rounded } from '../statistics.ts';
import { MEDIA } from './setting.ts';
import { missedOf, target } from './target.ts';
import type { WayOrder, WayRun } from './way-program.ts';
import { ROWS, type Row, type WayName } from './ways.ts';

/** Passed through, a minute may cost what prism-media's costs, and no more. */
const MOST_CPU = 1;

interface Plan {
  /** Of a song: opening one costs something, too. */
  readonly seconds: number;
  readonly rounds: number;
  /** How often the time to the first packet is taken, a round. */
  readonly starts: number;
  readonly measureMs: number;
}

const FULL: Plan = { seconds: 180, rounds: 3, starts: 15, measureMs: 2_000 };
const QUICK: Plan = { seconds: 30, rounds: 1, starts: 2, measureMs: 200 };

/** What each way from a link to Opus packets takes, beside what others do with the same link. */
export const cost: Measurement = {
  name: 'cost',
  title: 'CPU, memory and time to the first packet, from a link to Opus',
  async run({ quick, signal, say }) {
    const plan = quick ? QUICK : FULL;
    await using ends = new AsyncDisposableStack();
    const media = await startMediaHost(await makeFixtures(MEDIA, plan));
    ends.defer(() => media.close());
    const figures: RowFigures[] = [];
    for (const row of ROWS) {
      const runs = await measure(row, media.urlOf(row.file), plan, signal);
      const ours = runs.get('tenuto') ?? [];
      figures.push({
        name: row.name,
        ways: ['tenuto' as const, ...row.beside].map((way) => summary(way, runs.get(way) ?? [], ours)),
      });
      say(`${row.name}: ${ours.map(({ cpuMs }) => rounded(cpuMs, 1)).join(', ')} ms CPU a minute`);
    }
    const targets = figures.flatMap(({ name, ways }) =>
      ways
        .filter(({ way }) => way === 'prism')
        .map(({ cpu_ratio }) => target(`${name}: CPU to prism-media's`, cpu_ratio, MOST_CPU, 'or the same')),
    );
    return {
      table: tableOf(figures),
      notes: [
        'CPU milliseconds for a minute of sound, as fast as it goes; memory on top while it plays in real time; children included.',
        "The ratio is Tenuto's CPU to that of the way: the median of those of the rounds, in processes of their own, in turns.",
        'pcm: ffmpeg to PCM, Opus in Node. ffmpeg: the same as Tenuto without its relay, so also without its address guard.',
      ],
      figures: { rounds: plan.rounds, rows: figures, targets },
      missed: missedOf(targets),
    };
  },
};

type Runs = ReadonlyMap<WayName, readonly WayRun[]>;

/** All ways of a row in turns; who is first in one round is last in the next. */
async function measure(row: Row, url: string, plan: Plan, signal: AbortSignal): Promise<Runs> {
  const { format, volume = 100, filters = [] } = row;
  const { rounds, starts, measureMs } = plan;
  const runs = new Map<WayName, readonly WayRun[]>();
  const ways: readonly WayName[] = ['tenuto', ...row.beside];
  for (let round = 0; round < rounds; round += 1) {
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      const order: WayOrder = { way, url, format, volume, filters, starts, measureMs };
      const run = await runProgram<WayRun>('../media-cost/way-program.ts', [JSON.stringify(order)], signal);
      runs.set(way, [...(runs.get(way) ?? []), run]);
    }
  }
  return runs;
}

interface RowFigures {
  readonly name: string;
  readonly ways: readonly WayFigures[];
}

interface WayFigures {
  readonly way: string;
  readonly cpu_ms: number;
  readonly cpu_ratio: number;
  readonly memory_mb: number;
  readonly first_frame_ms: number;
}

function summary(way: string, runs: readonly WayRun[], tenuto: readonly WayRun[]): WayFigures {
  const middle = (figure: (run: WayRun) => number) => rounded(median(runs.map(figure)), 1);
  const ratios = runs.map(({ cpuMs }, round) => (tenuto[round]?.cpuMs ?? Number.NaN) / cpuMs);
  return {
    way,
    cpu_ms: middle(({ cpuMs }) => cpuMs),
    cpu_ratio: rounded(median(ratios), 2),
    memory_mb: middle(({ memoryMb }) => memoryMb),
    first_frame_ms: middle(({ firstFrameMs }) => firstFrameMs),
  };
}

function tableOf(figures: readonly RowFigures[]): readonly (readonly string[])[] {
  return [
    ['', 'by', 'CPU ms', 'ratio', 'memory MB', 'first packet ms'],
    ...figures.flatMap(({ name, ways }) =>
      ways.map(({ way, cpu_ms, cpu_ratio, memory_mb, first_frame_ms }, index) => [
        index === 0 ? name : '',
        way,
        ...[cpu_ms, cpu_ratio, memory_mb, first_frame_ms].map(String),
      ]),
    ),
  ];
}
