import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../loopback/until.ts';
import { Deck, type Ending } from '../../src/player/deck.ts';
import type { Track } from '../../src/sources/source.ts';
import { ADA, GUILD, stage, type Stage } from '../voice/stage.ts';
import { AudioFixture } from './audio-fixture.ts';

const PACKET_MS = 20;
const track: Track = {
  source: 'library',
  identifier: 'x',
  title: 'x',
  artist: null,
  link: null,
  thumbnail: null,
  durationMs: null,
  live: false,
};

const sound = new AudioFixture({ 'song.opus': [], 'song.webm': [] });
let here: Stage | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

it.each([
  ['song.webm', 'webm-opus'],
  ['song.opus', 'ogg-opus'],
] as const)('%s is heard to its last packet, however few are left when it goes on', async (name, format) => {
  const { voice, manager, join } = (here = await stage());
  await join();
  const media = sound.onDisk(name, format);
  const packets = await sound.hear(media);
  const deck = new Deck({
    locate: async () => media,
    open: async (_media, _track, options) => await sound.open(media, options),
  });
  manager.attach(GUILD, deck.audio);

  for (let left = 0; left <= 10; left += 1) {
    const heardBefore = voice.ears(ADA).count;
    const ended = once(deck, 'ended') as Promise<[Ending]>;
    const entry = { id: `${left}`, track, requestedBy: '1', addedAt: 0 };
    deck.load(entry, {
      startMs: (packets.length - left) * PACKET_MS,
      volume: () => 100,
      filtering: null,
      urgency: 'now',
    });
    const [{ failure }] = await ended;
    expect(failure).toBeNull();
    const isHeard = (packet: Buffer) =>
      voice
        .ears(ADA)
        .from(heardBefore, Infinity)
        .some(({ opus }) => opus.equals(packet));
    await until(`the last ${left}`, () => packets.slice(packets.length - left).every(isHeard), 5_000);
  }
});
