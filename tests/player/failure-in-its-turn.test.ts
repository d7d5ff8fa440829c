import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { matchFrames } from '../../loopback/ears.ts';
import { until } from '../../loopback/until.ts';
import { Deck, type Ending } from '../../src/player/deck.ts';
import type { Track } from '../../src/sources/source.ts';
import { ADA, GUILD, stage, type Stage } from '../voice/stage.ts';
import { sendBytes } from '../sources/media-server.ts';
import { AudioFixture } from './audio-fixture.ts';
import { oggPackets } from './ogg-pages.ts';

const track: Track = {
  source: 'direct-url',
  identifier: 'x',
  title: 'x',
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: null,
  live: false,
};

let forbidden = false;
const sound = new AudioFixture(
  { 'song.opus': [] },
  {
    // Breaks off after three quarters of the song, and then lets nobody in until it is asked from the start again.
    '/breaks.opus': (request, response) => {
      const bytes = sound.bytes('song.opus');
      if (request.headers.range !== 'bytes=0-') return void response.writeHead(403).end();
      if (forbidden) return sendBytes(bytes, request, response);
      forbidden = true;
      const range = `bytes 0-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(206, { 'content-length': bytes.length, 'content-range': range });
      response.write(bytes.subarray(0, bytes.length * 0.75), () => response.destroy());
    },
  },
);

let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

it('lets all that waits be heard before a failure, and then goes on with the very next packet', async () => {
  const { voice, manager, join } = (here = await stage());
  await join();
  const media = sound.onWeb('/breaks.opus', 'ogg-opus');
  const deck = new Deck({
    locate: async () => media,
    open: async (_media, _track, options) => await sound.open(media, options),
  });
  manager.attach(GUILD, deck.audio);
  const load = (startMs: number) => {
    const entry = { id: '1', track, requestedBy: '1', addedAt: 0 };
    deck.load(entry, { startMs, volume: () => 100, filtering: null, urgency: 'now' });
  };

  load(0);
  const [first] = (await once(deck, 'ended')) as [Ending];
  expect(first.failure).toMatchObject({ code: 'TRACK_UNAVAILABLE' });
  // Some of the last packets were still bytes when the connection broke.
  expect(first.positionMs).toBeGreaterThan(5_000);
  load(first.positionMs);
  const [second] = (await once(deck, 'ended')) as [Ending];
  expect(second.failure).toBeNull();

  const packets = oggPackets(sound.bytes('song.opus'));
  const match = () => matchFrames(voice.ears(ADA).from(0, Infinity), packets);
  await until('the last packet', () => match().matched.length === packets.length, 5_000);
  expect(match()).toMatchObject({ gaps: [], repeats: [], foreign: [] });
}, 30_000);
