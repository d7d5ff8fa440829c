import { opusPacketsOf } from '../../loopback/ears.ts';
import { makeFixtures, startMediaHost } from '../../loopback/media.ts';
import { sleep } from '../../src/lib/time.ts';
import { Lane, type Seat } from '../lane.ts';
import type { Measurement } from '../measurement.ts';
import { typed } from '../players.ts';
import { median, rounded } from '../statistics.ts';
import { heardAfter, longestGap, placesOf, quiet, soundSince, type PlaceOf } from './listening.ts';
import { LANE_OPTIONS, MEDIA } from './setting.ts';
import { missedOf, target } from './target.ts';
import { transcoded } from './transcoded.ts';

const SONG_SECONDS = 90;
const PACKET_MS = 20;
/** How long a song plays before it is changed, and is listened to afterwards. */
const PLAYED_MS = 1_000;
const LISTENED_MS = 700;
const SOUGHT_MS = 45_000;
/** A packet from behind here was not to be heard yet. */
const FAR_MS = 30_000;

interface Change {
  readonly what: string;
  readonly command: string;
  readonly options: Readonly<Record<string, string | number>>;
  /** Sets it back when nothing plays. */
  readonly undo?: Readonly<Record<string, string | number>>;
}

const CHANGES: readonly Change[] = [
  { what: 'volume', command: 'volume', options: { level: 50 }, undo: { level: 100 } },
  { what: 'seek', command: 'seek', options: { to: `${SOUGHT_MS / 1_000}` } },
  { what: 'filter', command: 'filter', options: { name: 'bassboost' }, undo: { name: 'off' } },
];

/** From the arrival of a command to its effect on what is heard, while a song plays. */
export const changes: Measurement = {
  name: 'changes',
  title: 'milliseconds from a command until the song is heard otherwise, and the longest gap around it',
  async run({ quick, signal, say }) {
    const rounds = quick ? 1 : 10;
    await using ends = new AsyncDisposableStack();
    const fixtures = await makeFixtures(MEDIA, { seconds: SONG_SECONDS });
    const media = await startMediaHost(fixtures);
    ends.defer(() => media.close());
    const lane = ends.use(await Lane.start({ ...LANE_OPTIONS, signal }));
    const mp3 = media.urlOf('song.mp3');
    const songs = [
      {
        format: 'WebM/Opus',
        url: media.urlOf('song.webm'),
        packets: await opusPacketsOf(fixtures.pathOf('song.webm')),
      },
      { format: 'MP3', url: mp3, packets: await transcoded(mp3, signal) },
    ];

    const rows: Row[] = [];
    for (const { format, url, packets } of songs) {
      for (const change of CHANGES) {
        const seat = lane.addSeat();
        const tries: Try[] = [];
        for (let round = 0; round < rounds; round += 1) {
          await lane.player.play(seat, url);
          tries.push(await tryOut(seat, change, placesOf(packets), signal));
          await typed(seat.ada, 'stop');
          if (change.undo) await typed(seat.ada, change.command, change.undo);
          await quiet(seat.ears, signal);
        }
        await lane.player.leave(seat);
        rows.push(rowOf(`${change.what}, ${format}`, tries));
        say(`${change.what}, ${format}: done`);
      }
    }
    const targets = rows.flatMap(({ what, heard_ms, gap_ms }) => [
      ...(what.startsWith('volume') ? [target(`${what}: ms until it is heard`, heard_ms, 100, 'below')] : []),
      ...(what.startsWith('seek') ? [target(`${what}: ms until it is heard`, heard_ms, 150, 'below')] : []),
      ...(what.startsWith('filter') ? [target(`${what}: gap, ms`, gap_ms, 120, 'below')] : []),
    ]);
    return {
      table: [
        ['while a song plays', 'heard after ms', 'gap ms', 'longest gap ms', 'off the place ms'],
        ...rows.map(({ what, heard_ms, gap_ms, longest_gap_ms, off_ms }) =>
          [what, heard_ms, gap_ms, longest_gap_ms, off_ms ?? ''].map(String),
        ),
      ],
      notes: [
        `Medians of ${rounds} rounds. A gap is the time between two frames of sound; 20 ms is none at all.`,
        'Where packets are those of the file, it is known how far the first one heard is from the place that was asked for.',
      ],
      figures: { rounds, rows, targets },
      missed: missedOf(targets),
    };
  },
};

interface Try {
  readonly heardMs: number;
  readonly gapMs: number;
  /** How far the first packet is from where the seek should lead; null where that cannot be seen. */
  readonly offMs: number | null;
}

/** Changes a song that has begun. What goes on as before is known by its packets. */
async function tryOut({ ada, ears }: Seat, change: Change, place: PlaceOf, signal: AbortSignal): Promise<Try> {
  ears.clear();
  await heardAfter(ears, performance.now());
  await sleep(PLAYED_MS, signal);
  const isOther = (opus: Buffer) => {
    const at = place(opus);
    return at === null || at * PACKET_MS > FAR_MS;
  };
  const since = performance.now();
  const [heardMs] = await Promise.all([heardAfter(ears, since, isOther), typed(ada, change.command, change.options)]);
  await sleep(LISTENED_MS, signal);
  const [first] = soundSince(ears, since + heardMs);
  const found = first ? place(first.opus) : null;
  const offMs = found === null || change.command !== 'seek' ? null : Math.abs(found * PACKET_MS - SOUGHT_MS);
  return { heardMs, gapMs: longestGap(soundSince(ears, since - PACKET_MS)), offMs };
}

interface Row {
  readonly what: string;
  readonly heard_ms: number;
  readonly gap_ms: number;
  readonly longest_gap_ms: number;
  readonly off_ms: number | null;
}

function rowOf(what: string, tries: readonly Try[]): Row {
  const gaps = tries.map(({ gapMs }) => gapMs);
  const offs = tries.flatMap(({ offMs }) => offMs ?? []);
  return {
    what,
    heard_ms: rounded(median(tries.map(({ heardMs }) => heardMs)), 1),
    gap_ms: rounded(median(gaps), 1),
    longest_gap_ms: rounded(Math.max(...gaps), 1),
    off_ms: offs.length === 0 ? null : Math.max(...offs),
  };
}
