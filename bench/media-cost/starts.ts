import { makeFixtures, startMediaHost, type MediaHost } from '../../loopback/media.ts';
import { Lane, type Seat } from '../lane.ts';
import type { Measurement } from '../measurement.ts';
import { typed } from '../players.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { heardAfter, quiet } from './listening.ts';
import { LANE_OPTIONS, MEDIA } from './setting.ts';
import { missedOf, target } from './target.ts';

const SONG_SECONDS = 30;

/** From the arrival of `/play` to the first sound, in a bot that has its own process. */
export const starts: Measurement = {
  name: 'starts',
  title: 'milliseconds from the arrival of /play to the first frame that is heard',
  async run({ quick, signal, say }) {
    const rounds = quick ? 2 : 15;
    await using ends = new AsyncDisposableStack();
    const media = await startMediaHost(await makeFixtures(MEDIA, { seconds: SONG_SECONDS }));
    ends.defer(() => media.close());
    const tenuto = ends.use(await Lane.start({ ...LANE_OPTIONS, signal }));
    const bare = ends.use(await Lane.start({ ...LANE_OPTIONS, player: 'bare', signal }));

    const there = await inChannel(tenuto, media, rounds, signal);
    say('in the channel: done');
    const joins = await joining(tenuto, bare, media, rounds, signal);
    say('joining: done');
    const ratio = rounded(median(joins.tenuto.map((ms, round) => ms / (joins.bare[round] ?? Number.NaN))), 2);
    const middle = (values: readonly number[]) => rounded(median(values), 1);
    const rows = [
      ...Object.entries(there).map(([what, ms]) => ({ what, ms })),
      { what: 'joins first: known page, WebM/Opus', ms: joins.tenuto },
      { what: 'joins first: the bare library', ms: joins.bare },
    ].map(({ what, ms }) => ({ what, median_ms: middle(ms), p95_ms: rounded(quantile(ms, 0.95), 1) }));
    const targets = [
      target('known page, WebM/Opus, in the channel: ms', middle(there[CACHED]), 60, 'below'),
      target('MP3 that was never asked for, in the channel: ms', middle(there[FRESH_MP3]), 250, 'below'),
      target('joining and starting, to the bare library', ratio, 1.2, 'or the same'),
    ];
    return {
      table: [
        ['from /play to the first frame', 'median ms', 'p95 ms'],
        ...rows.map(({ what, median_ms, p95_ms }) => [what, String(median_ms), String(p95_ms)]),
      ],
      notes: [
        `${rounds} rounds each. Joining and starting, to the bare library in turns: ${ratio} times (median of the pairs).`,
        'A known page is one whose link to its sound is in the cache; the bare library is given that link.',
      ],
      figures: { rounds, rows, join_ratio: ratio, targets },
      missed: missedOf(targets),
    };
  },
};

const CACHED = 'known page, WebM/Opus';
const DIRECT = 'link to a WebM/Opus file';
const FRESH_MP3 = 'MP3 that was never asked for';

async function inChannel(lane: Lane, media: MediaHost, rounds: number, signal: AbortSignal) {
  const seat = lane.addSeat();
  const page = media.urlOf('page.html');
  // The page becomes known, and the process has done everything once.
  for (const url of [page, media.urlOf('song.mp3'), page]) {
    await start(lane, seat, url);
    await stop(seat, signal);
  }
  const ms: Record<typeof CACHED | typeof DIRECT | typeof FRESH_MP3, number[]> = {
    [CACHED]: [],
    [DIRECT]: [],
    [FRESH_MP3]: [],
  };
  for (let round = 0; round < rounds; round += 1) {
    const urls = [
      [CACHED, page],
      [DIRECT, media.urlOf('song.webm')],
      [FRESH_MP3, media.urlOf(`song.mp3?${round}`)],
    ] as const;
    for (const [what, url] of urls) {
      ms[what].push(await start(lane, seat, url));
      await stop(seat, signal);
    }
  }
  await lane.player.leave(seat);
  return ms;
}

/** Each in a fresh guild, who is first in one round second in the next. */
async function joining(tenuto: Lane, bare: Lane, media: MediaHost, rounds: number, signal: AbortSignal) {
  const ms = { tenuto: [] as number[], bare: [] as number[] };
  const pair = [
    ['tenuto', tenuto, media.urlOf('page.html')],
    ['bare', bare, media.urlOf('song.webm')],
  ] as const;
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, lane, url] of round % 2 === 0 ? pair : pair.toReversed()) {
      signal.throwIfAborted();
      const seat = lane.addSeat();
      const took = await start(lane, seat, url);
      // The first one is for the compiler.
      if (round >= 0) ms[name].push(took);
      await lane.player.leave(seat);
      await quiet(seat.ears, signal);
    }
  }
  return ms;
}

async function start(lane: Lane, seat: Seat, url: string): Promise<number> {
  seat.ears.clear();
  const heard = heardAfter(seat.ears, performance.now());
  const [ms] = await Promise.all([heard, lane.player.play(seat, url)]);
  return ms;
}

async function stop({ ada, ears }: Seat, signal: AbortSignal): Promise<void> {
  await typed(ada, 'stop');
  await quiet(ears, signal);
}
