import { opusPacketsOf, type Ears } from '../../loopback/ears.ts';
import { makeFixtures, startMediaHost } from '../../loopback/media.ts';
import { Lane } from '../lane.ts';
import type { Measurement } from '../measurement.ts';
import { median, rounded } from '../statistics.ts';
import { placesOf, quiet, soundSince } from './listening.ts';
import { LANE_OPTIONS, MEDIA } from './setting.ts';
import { missedOf, target } from './target.ts';
import { transcoded } from './transcoded.ts';

const SONG_SECONDS = 5;
const PACKET_MS = 20;
/** Beside the songs themselves. */
const SPARE_MS = 30_000;
/** What is heard when the last song is near its end, whatever was lost before. */
const NEARLY_ALL = 0.95;

/** From the last frame of a song to the first one of the next, which was in the queue for the whole song. */
export const tracks: Measurement = {
  name: 'tracks',
  title: 'milliseconds from the last frame of a song to the first one of the next',
  async run({ quick, signal, say }) {
    const songs = quick ? 2 : 12;
    await using ends = new AsyncDisposableStack();
    const fixtures = await makeFixtures(MEDIA, { seconds: SONG_SECONDS });
    const media = await startMediaHost(fixtures);
    ends.defer(() => media.close());
    const lane = ends.use(await Lane.start({ ...LANE_OPTIONS, signal }));
    const mp3 = media.urlOf('song.mp3');
    const passed = async (file: string) => ({
      url: media.urlOf(file),
      packets: await opusPacketsOf(fixtures.pathOf(file)),
    });
    const [one, other] = [await passed('song.webm'), await passed('second.webm')];
    const pairs = [
      { what: 'WebM/Opus after WebM/Opus', pair: [one, other] },
      { what: 'WebM/Opus and MP3 by turns', pair: [other, { url: mp3, packets: await transcoded(mp3, signal) }] },
    ] as const;

    const rows: Row[] = [];
    for (const { what, pair } of pairs) {
      const queue = Array.from({ length: songs }, (_, index) => pair[index % 2] ?? one);
      const seat = lane.addSeat();
      for (const { url } of queue) await lane.player.play(seat, url);
      const frames = queue.reduce((sum, { packets }) => sum + packets.length, 0);
      await seat.ears.waitFor(NEARLY_ALL * frames, frames * PACKET_MS + SPARE_MS);
      await quiet(seat.ears, signal);
      await lane.player.leave(seat);
      rows.push(
        rowOf(
          what,
          passagesOf(
            seat.ears,
            pair.map(({ packets }) => packets),
          ),
        ),
      );
      say(`${what}: done`);
    }
    const targets = rows.map(({ what, gap_ms }) => target(`${what}: gap, ms`, gap_ms, 40, 'below'));
    return {
      table: [
        ['from one song to the next', 'gap ms', 'longest gap ms', 'frames missing'],
        ...rows.map(({ what, gap_ms, longest_gap_ms, missing }) => [what, gap_ms, longest_gap_ms, missing].map(String)),
      ],
      notes: ['Medians; 20 ms is no gap. Missing are frames at the end of one song and at the beginning of the next.'],
      figures: { songs, rows, targets },
      missed: missedOf(targets),
    };
  },
};

interface Passage {
  readonly gapMs: number;
  readonly missing: number;
}

/** Every change from one of the songs to another. */
function passagesOf(ears: Ears, songs: readonly (readonly Buffer[])[]): readonly Passage[] {
  const places = songs.map(placesOf);
  const heard = soundSince(ears, 0).flatMap(({ at, opus }) =>
    places.flatMap((placeOf, song) => {
      const place = placeOf(opus);
      return place === null ? [] : [{ at, song, place }];
    }),
  );
  return heard.slice(1).flatMap((now, index) => {
    const before = heard[index];
    if (!before || before.song === now.song) return [];
    const left = (songs[before.song]?.length ?? 0) - 1 - before.place;
    return [{ gapMs: now.at - before.at, missing: left + now.place }];
  });
}

interface Row {
  readonly what: string;
  readonly passages: number;
  readonly gap_ms: number;
  readonly longest_gap_ms: number;
  readonly missing: number;
}

function rowOf(what: string, passages: readonly Passage[]): Row {
  const gaps = passages.map(({ gapMs }) => gapMs);
  return {
    what,
    passages: passages.length,
    gap_ms: rounded(median(gaps), 1),
    longest_gap_ms: rounded(Math.max(...gaps), 1),
    missing: passages.reduce((sum, { missing }) => sum + missing, 0),
  };
}
