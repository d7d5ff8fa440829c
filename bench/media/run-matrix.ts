import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { InputFault } from '../../loopback/media/input-faults.ts';
import { makeFixtures, makeLists, startMediaHost, type MediaHost } from '../../loopback/media.ts';
import { Subprocesses } from '../../src/lib/subprocess.ts';
import { hearByFfmpeg } from './bare-ffmpeg.ts';
import { EXPECTED, type Expectation, type Expected } from './expectations.ts';
import { ignoring } from './ignoring.ts';
import { compareSounds, soundOf, type Sound } from './pcm.ts';
import { Tenuto, type Song } from './tenuto.ts';
import { comparePackets, type Outcome } from './verdict.ts';

const MEDIA = join(import.meta.dirname, '../../data/loopback/media');
const SECONDS = 30;

const SONGS: readonly (Song & { readonly list?: boolean })[] = [
  { name: 'song.webm', format: 'webm-opus' },
  { name: 'song.opus', format: 'ogg-opus' },
  { name: 'song.mp3', format: 'other' },
  { name: 'song.m4a', format: 'other' },
  { name: 'hls/song.m3u8', format: 'other', list: true },
  { name: 'hls-ranges/song.m3u8', format: 'other', list: true },
  { name: 'hls-key/song.m3u8', format: 'other', list: true },
];

/** One fault before one file: what was expected, and what was heard. */
export interface Row {
  readonly fault: InputFault;
  readonly song: Song;
  readonly expected: Expectation;
  readonly ours: Outcome;
  readonly ffmpeg: Outcome | null;
}

export interface Matrix {
  readonly rows: readonly Row[];
  /** Connections to a private address that redirects led to. */
  readonly internalHits: number;
  readonly internalHitsOfFfmpeg: number;
  /** Connections to that same address by a program that follows redirects and has no guard: it can be reached. */
  readonly internalHitsUnguarded: number;
}

export interface MatrixOptions {
  /** Only faults and files whose name has this text. */
  readonly only: string;
  readonly lanes: number;
  readonly compare: boolean;
  readonly signal: AbortSignal;
  readonly onRow: (row: Row) => void;
}

type Case = Pick<Row, 'fault' | 'song' | 'expected'>;

/** Plays every file through every fault that can happen to it, each by itself. */
export async function runMatrix({ only, lanes, compare, signal, onRow }: MatrixOptions): Promise<Matrix> {
  await using ends = new AsyncDisposableStack();
  const { directory } = await makeFixtures(MEDIA, { seconds: SECONDS });
  await makeLists(directory);
  const subprocesses = new Subprocesses(process.env);
  ends.defer(() => subprocesses.closeAll());
  const [ours, theirs] = [await Neighbourhood.open(directory, ends), await Neighbourhood.open(directory, ends)];
  const tenuto = new Tenuto(new URL(ours.host.url).host, SECONDS, subprocesses);
  ends.defer(() => tenuto.close());

  const cleanPackets = new Map<Song, readonly Buffer[]>();
  const cleanSounds = new Map<Song, Sound>();
  const cases = casesOf(only);
  for (const song of new Set(cases.map((one) => one.song))) {
    const { packets, ending } = await tenuto.hear(song, ours.host.urlOf(song.name), () => '');
    if (ending !== 'end') throw new Error(`${song.name} cannot be played even without a fault`);
    cleanPackets.set(song, packets);
    if (compare) cleanSounds.set(song, soundOf((await hearByFfmpeg(theirs.host.urlOf(song.name), subprocesses)).pcm));
  }

  const rows: Row[] = [];
  const waiting = [...cases];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
        const row = { ...next, ours: await byTenuto(next), ffmpeg: compare ? await byFfmpeg(next) : null };
        rows.push(row);
        onRow(row);
      }
    }),
  );
  signal.throwIfAborted();
  rows.sort((one, other) => cases.findIndex(isOf(one)) - cases.findIndex(isOf(other)));
  const [internalHits, internalHitsOfFfmpeg] = [ours.internalHits, theirs.internalHits];
  await ignoring(fetch(ours.host.linkTo('redirected to a private address', 'song.webm')));
  return { rows, internalHits, internalHitsOfFfmpeg, internalHitsUnguarded: ours.internalHits - internalHits };

  async function byTenuto({ fault, song }: Case): Promise<Outcome> {
    const { host } = ours;
    const began = performance.now();
    const link = host.linkTo(fault, song.name);
    const { packets, ending, said } = await tenuto.hear(song, link, () => host.linkTo(fault, song.name, true));
    const ms = Math.round(performance.now() - began);
    return { ...comparePackets(packets, cleanPackets.get(song) ?? []), ending, said, ms };
  }

  async function byFfmpeg({ fault, song }: Case): Promise<Outcome> {
    const began = performance.now();
    const { pcm, ending, said } = await hearByFfmpeg(theirs.host.linkTo(fault, song.name), subprocesses);
    const ms = Math.round(performance.now() - began);
    return { ...compareSounds(soundOf(pcm), cleanSounds.get(song) ?? soundOf(Buffer.alloc(0))), ending, said, ms };
  }
}

const isOf = (row: Row) => (one: Case) => one.fault === row.fault && one.song === row.song;

function casesOf(only: string): readonly Case[] {
  return Object.entries<Expected>(EXPECTED).flatMap(([fault, { of, lists }]) =>
    SONGS.filter(({ name, list }) => (!list || lists) && `${fault}: ${name}`.includes(only)).map((song) => ({
      fault: fault as InputFault,
      song,
      expected: of,
    })),
  );
}

/** An audio host, and a private address beside it that nobody may reach. */
class Neighbourhood {
  readonly host: MediaHost;
  readonly #hits: { count: number };

  private constructor(host: MediaHost, hits: { count: number }) {
    this.host = host;
    this.#hits = hits;
  }

  static async open(directory: string, ends: AsyncDisposableStack): Promise<Neighbourhood> {
    const hits = { count: 0 };
    const internal = createServer((socket) => {
      hits.count += 1;
      socket.on('error', () => undefined).destroy();
    }).listen(0, '127.0.0.1');
    await once(internal, 'listening');
    ends.defer(() => void internal.close());
    const { port } = internal.address() as AddressInfo;
    const host = await startMediaHost({ directory, internal: `http://127.0.0.1:${port}/secret` });
    ends.defer(() => host.close());
    return new Neighbourhood(host, hits);
  }

  get internalHits(): number {
    return this.#hits.count;
  }
}
