import { join } from 'node:path';
import { makeFixtures } from '../../loopback/media.ts';
import type { Measurement } from '../measurement.ts';
import { demuxerCpu } from './demuxer-cpu.ts';
import { MAKERS, type Maker } from './demuxers.ts';
import { SMALL } from './mutation-cases.ts';
import { mutate } from './mutations.ts';
import { OGG_CASES } from './ogg-cases.ts';
import { fateOf, type Fate } from './through-streams.ts';
import { cutOff } from './truncation.ts';
import { WEBM_CASES } from './webm-cases.ts';

const MEDIA = join(import.meta.dirname, '../../data/loopback/media');

/** The demuxers may cost what prism-media's cost, and no more. */
const MOST_CPU = 1;

/** Every form of file that demuxers stumble over. */
export const table: Measurement = {
  name: 'table',
  title: 'what comes of each form of file, beside prism-media and mediabunny',
  async run() {
    const rows: ({ readonly name: string } & Readonly<Record<Maker, Fate>>)[] = [];
    for (const one of [...WEBM_CASES, ...OGG_CASES]) {
      const [ours, prism] = [await fateOf(one, 'ours'), await fateOf(one, 'prism')];
      rows.push({ name: one.name, ours, prism, mediabunny: await fateOf(one, 'mediabunny') });
    }
    const right = (whose: Maker) => rows.filter((row) => row[whose] === 'right').length;
    return {
      table: [
        ['form', 'ours', 'prism-media', 'mediabunny'],
        ...rows.map(({ name, ours, prism, mediabunny }) => [name, ours, prism, mediabunny]),
        ['right', ...MAKERS.map((whose) => String(right(whose)))],
      ],
      notes: ['Right is every packet, bit by bit and in order, or an error where there is nothing to play.'],
      figures: {
        cases: rows.length,
        right: right('ours'),
        prism_right: right('prism'),
        mediabunny_right: right('mediabunny'),
        rows,
      },
      missed: rows.filter(({ ours }) => ours !== 'right').map(({ name, ours }) => `${name}: ${ours}`),
    };
  },
};

/** Files that are cut off, and files of which something was changed. */
export const mutations: Measurement = {
  name: 'mutations',
  title: 'small files cut off at every byte, and changed by chance',
  async run({ quick }) {
    const cut = cutOff(SMALL);
    const count = mutate(SMALL, quick ? 5_000 : 100_000);
    const { silent, crashes, hangs, invented } = count;
    return {
      table: [['what', 'how often'], ...Object.entries({ ...cut, ...count }).map(([what, n]) => [what, n.toFixed(0)])],
      notes: ['A cut is unnoticed where the file could as well end there: between two pages of Ogg.'],
      figures: { cut, ...count },
      missed: Object.entries({ silent, crashes, hangs, invented, wrong_cuts: cut.wrong })
        .filter(([, times]) => times > 0)
        .map(([what, times]) => `${what}: ${times}`),
    };
  },
};

/** What a minute of sound costs. */
export const cpu: Measurement = {
  name: 'cpu',
  title: 'CPU milliseconds a minute of sound, beside prism-media and mediabunny',
  async run({ quick, signal }) {
    const media = await makeFixtures(MEDIA, { seconds: 90 });
    const paths = { 'webm-opus': media.pathOf('song.webm'), 'ogg-opus': media.pathOf('song.opus') };
    const rows = await demuxerCpu(paths, quick ? 1 : 5, signal);
    return {
      table: [
        ['container', 'bytes a chunk', 'ours', 'prism-media', 'ratio', 'mediabunny'],
        ...rows.map((row) => [
          row.container,
          ...[row.chunk_bytes, row.ours_ms, row.prism_ms, row.ratio, row.mediabunny_ms].map(String),
        ]),
      ],
      notes: [
        'Medians of runs in processes of their own, in turns; the ratio, ours to prism-media, is the median of those of the rounds.',
      ],
      figures: { rows, worst_ratio: Math.max(...rows.map(({ ratio }) => ratio)) },
      missed: rows
        .filter(({ ratio }) => ratio > MOST_CPU)
        .map(({ container, chunk_bytes, ratio }) => `${container} in chunks of ${chunk_bytes}: ${ratio} times the CPU`),
    };
  },
};
