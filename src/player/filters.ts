import type { Filter, FilterName } from '../queue/filters.ts';

/** What ffmpeg is told, and how fast a track passes then. */
export interface Filtering {
  readonly filters: readonly Filter[];
  /** For `-af`. Made of nothing but this file's words and numbers that were checked. */
  readonly chain: string;
  /** Milliseconds of the track in one of hearing it. */
  readonly tempo: number;
}

interface Effect {
  /** Of sound at 48 kHz in stereo, and again such sound. */
  readonly chain: (amount: number) => string;
  readonly tempo?: (amount: number) => number;
}

const RATE = 48_000;

/** Tape at another speed: exact, as the sample rate is a whole number for every whole percentage. */
const tape = (percent: number) => `asetrate=${(RATE * percent) / 100},aresample=${RATE}`;
const share = (percent: number) => percent / 100;
const always = (chain: string): Effect => ({ chain: () => chain });

/** One octave wide each; decibels. */
const BANDS_HZ = [60, 170, 350, 1_000, 3_500, 10_000] as const;
const equaliser = (...gains: readonly number[]): Effect =>
  always(BANDS_HZ.map((hz, band) => `equalizer=f=${hz}:t=o:w=1:g=${gains[band] ?? 0}`).join(','));

/** In this order they follow each other, whatever the order in which they were turned on. */
const EFFECTS: Readonly<Record<FilterName, Effect>> = {
  nightcore: { chain: () => tape(125), tempo: () => 1.25 },
  slowed: { chain: () => tape(85), tempo: () => 0.85 },
  pitch: { chain: (percent) => `${tape(percent)},atempo=${100 / percent}` },
  speed: { chain: (percent) => `atempo=${share(percent)}`, tempo: share },
  // The middle of the picture, where voices are, becomes quiet; a song in mono is left to be heard a little.
  karaoke: always('stereotools=mlev=0.05'),
  mono: always('pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0+0.5*c1'),
  bassboost: { chain: (gain) => `bass=g=${gain}:f=110:w=0.6` },
  treble: { chain: (gain) => `treble=g=${gain}:f=4000:w=0.6` },
  muffled: always('lowpass=f=900'),
  pop: equaliser(-1, 2, 4, 4, 1, -1),
  rock: equaliser(5, 3, -2, -1, 3, 5),
  electronic: equaliser(6, 4, 0, -2, 2, 5),
  classical: equaliser(3, 2, 0, 0, -2, -3),
  vocal: equaliser(-4, -2, 2, 5, 4, 0),
  tremolo: { chain: (hz) => `tremolo=f=${hz}:d=0.6` },
  vibrato: { chain: (hz) => `vibrato=f=${hz}:d=0.5` },
  echo: always('aecho=0.8:0.7:120|240:0.4|0.2'),
  '8d': always('apulsator=hz=0.08'),
};

/** Filters are made for this, whatever comes in; what they make louder is kept from being clipped. */
const BEFORE = `aresample=${RATE},aformat=channel_layouts=stereo`;
const BEHIND = 'alimiter=limit=0.95:level=0';

/** What the filters that are on come to; null when none is. */
export function filteringOf(filters: readonly Filter[]): Filtering | null {
  if (filters.length === 0) return null;
  const chains: string[] = [];
  let tempo = 1;
  for (const [name, effect] of Object.entries(EFFECTS)) {
    const filter = filters.find((one) => one.name === name);
    if (filter === undefined) continue;
    chains.push(effect.chain(filter.amount ?? 0));
    tempo *= effect.tempo?.(filter.amount ?? 0) ?? 1;
  }
  return { filters, chain: [BEFORE, ...chains, BEHIND].join(','), tempo };
}
