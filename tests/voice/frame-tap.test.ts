import type { VoiceConnection } from '@discordjs/voice';
import { expect, it } from 'vitest';
import { FrameTap } from '../../src/voice/frame-tap.ts';
import { frame } from './stage.ts';

const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

/** A tap in a connection that can be ready or not, over a socket that can be open or not. */
function scene() {
  let prepared: Buffer | undefined;
  const here = { left: [] as Buffer[], ready: true, open: true, crowded: 0, faults: [] as unknown[], broken: false };
  const library = {
    prepareAudioPacket(packet: Buffer): Buffer | undefined {
      if (here.broken) throw new Error('cannot encrypt');
      if (!here.ready) return undefined;
      prepared = packet;
      return packet;
    },
    dispatchAudio(): boolean {
      if (!here.ready || prepared === undefined) return false;
      here.left.push(prepared);
      prepared = undefined;
      return true;
    },
  };
  const connection = library as unknown as VoiceConnection;
  const tap = new FrameTap(connection, {
    open: () => here.open,
    crowded: () => (here.crowded += 1),
    fault: (error) => void here.faults.push(error),
  });
  /** What the audio player does each 20 ms. */
  const tick = (packet: Buffer) => {
    connection.dispatchAudio();
    connection.prepareAudioPacket(packet);
  };
  return { here, tap, tick };
}

const song = (...indices: number[]): Buffer[] => indices.map((index) => frame(index));

it('lets frames leave in their order, one tick after they came', () => {
  const { here, tap, tick } = scene();
  for (const packet of song(0, 1, 2)) tick(packet);
  expect(here.left).toEqual(song(0, 1));
  expect(tap.sent).toBe(2);
  expect(tap.take()).toEqual(song(2));
});

it('keeps everything while the socket is being closed, and gives it back in its order', () => {
  const { here, tap, tick } = scene();
  tick(frame(0));
  here.open = false;
  for (const packet of song(1, 2, 3)) tick(packet);
  expect(here.left).toEqual([]);
  expect(tap.take()).toEqual(song(0, 1, 2, 3));
  expect(tap.take()).toEqual([]);
});

it('goes on in order when the connection was not ready for a while', () => {
  const { here, tick } = scene();
  tick(frame(0));
  here.ready = false;
  tick(frame(1));
  here.ready = true;
  for (const packet of song(2, 3, 4)) tick(packet);
  expect(here.left).toEqual(song(0, 1, 2));
});

it('lets what it carries over leave before what comes next, and catches up in silence', () => {
  const { here, tap, tick } = scene();
  tap.carry(song(0, 1));
  for (const packet of [SILENCE, frame(2), SILENCE, SILENCE, frame(3), frame(4)]) tick(packet);
  expect(here.left).toEqual([...song(0, 1, 2), SILENCE, SILENCE, ...song(3)]);
});

it('does not carry silence over', () => {
  const { tap, tick } = scene();
  tick(SILENCE);
  expect(tap.take()).toEqual([]);
});

it('says when a socket takes too long to close, and keeps no more than half a second', () => {
  const { here, tap, tick } = scene();
  here.open = false;
  for (let index = 0; index < 9; index += 1) tick(frame(index));
  expect(here.crowded).toBe(0);
  tick(frame(9));
  expect(here.crowded).toBe(1);
  for (let index = 10; index < 100; index += 1) tick(frame(index));
  expect(tap.take()).toEqual(Array.from({ length: 25 }, (_, index) => frame(75 + index)));
});

it('keeps what encryption throws out of the player, and the frame for the next connection', () => {
  const { here, tap, tick } = scene();
  here.broken = true;
  tick(frame(0));
  expect(here.faults).toHaveLength(1);
  expect(tap.take()).toEqual(song(0));
});

it('does not repeat what was taken back when the same connection goes on', () => {
  const { here, tap, tick } = scene();
  tick(frame(0));
  tap.take();
  for (const packet of song(1, 2)) tick(packet);
  expect(here.left).toEqual(song(1));
});
