import opus from '@discordjs/opus';
import { expect, it } from 'vitest';
import { Gain } from '../../src/player/audio/gain.ts';

const FRAME = 960;

/** A second of a loud tone, as packets. */
function tone(amplitude: number): Buffer[] {
  const encoder = new opus.OpusEncoder(48_000, 2);
  return Array.from({ length: 50 }, (_, frame) => {
    const pcm = Buffer.alloc(FRAME * 4);
    for (let at = 0; at < FRAME; at += 1) {
      const sample = Math.round(amplitude * 32_767 * Math.sin((2 * Math.PI * 440 * (frame * FRAME + at)) / 48_000));
      pcm.writeInt16LE(sample, at * 4);
      pcm.writeInt16LE(sample, at * 4 + 2);
    }
    return encoder.encode(pcm);
  });
}

function peak(packets: readonly Buffer[]): number {
  const decoder = new opus.OpusEncoder(48_000, 2);
  let highest = 0;
  // The first packets fade in, as with every codec.
  const pcm = Buffer.concat(packets.map((packet) => decoder.decode(packet)).slice(10));
  for (let at = 0; at < pcm.length; at += 2) highest = Math.max(highest, Math.abs(pcm.readInt16LE(at)));
  return highest / 32_767;
}

const apply = (percent: number, packets: readonly Buffer[]) => {
  const gain = new Gain(percent);
  return packets.map((packet) => gain.apply(packet));
};

it('hands on the same packets at 100 percent', () => {
  const packets = tone(0.4);
  for (const [index, packet] of apply(100, packets).entries()) expect(packet).toBe(packets[index]);
});

it.each([
  [0, 0],
  [50, 0.2],
  [200, 0.8],
])('makes %i percent of it', (percent, expected) => {
  expect(Math.abs(peak(apply(percent, tone(0.4))) - expected)).toBeLessThan(0.05);
});

it('stays within the range when it would be too loud, instead of turning into noise', () => {
  const packets = apply(200, tone(0.9));
  expect(peak(packets)).toBeGreaterThan(0.9);
  // What wraps around instead of staying at the limit has energy everywhere; a clipped tone is still the tone.
  const decoder = new opus.OpusEncoder(48_000, 2);
  const pcm = Buffer.concat(packets.map((packet) => decoder.decode(packet)));
  let crossings = 0;
  for (let at = 4 * FRAME * 20 + 4; at < 4 * FRAME * 45; at += 4) {
    if (pcm.readInt16LE(at - 4) < 0 !== pcm.readInt16LE(at) < 0) crossings += 1;
  }
  expect(Math.abs(crossings / 2 / 0.5 - 440)).toBeLessThan(10);
});

it('replaces a damaged packet by 20 ms of silence', () => {
  const gain = new Gain(50);
  expect(gain.apply(Buffer.from([0xff, 0xff, 0xff]))).toEqual(Buffer.from([0xf8, 0xff, 0xfe]));
  expect(gain.apply(Buffer.alloc(0))).toEqual(Buffer.from([0xf8, 0xff, 0xfe]));
});

it.each([80, 50])('leaves no hole where it begins to change a song that passed untouched, to %i percent', (percent) => {
  const packets = tone(0.4);
  const ENCODER_DELAY = 312;
  for (const at of [20, 27, 33]) {
    const gain = new Gain(100);
    const decoder = new opus.OpusEncoder(48_000, 2);
    const heard = packets.map((packet, index) => {
      if (index === at) gain.set(percent);
      return decoder.decode(gain.apply(packet));
    });
    const left = new Int16Array(Buffer.concat(heard).buffer).filter((_, index) => index % 2 === 0);
    const level = (from: number) =>
      Math.sqrt(left.subarray(from, from + 240).reduce((sum, sample) => sum + sample ** 2, 0) / 240);
    const wanted = (level(FRAME * (at - 4)) * percent) / 100;
    for (let from = FRAME * at + ENCODER_DELAY; from < FRAME * (at + 3); from += 240) {
      expect(level(from) / wanted).toBeGreaterThan(0.75);
    }
  }
});
