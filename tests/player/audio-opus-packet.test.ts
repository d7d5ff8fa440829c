import { expect, it } from 'vitest';
import { outputGainDb, packetMs } from '../../src/player/audio/opus-packet.ts';

/** A packet that begins with this configuration (RFC 6716, table 2) and frame count code. */
const packet = (config: number, code: number, count = 0) => Buffer.from([(config << 3) | code, count, 0]);

it.each([
  [0, 10],
  [1, 20],
  [3, 60],
  [9, 20],
  [12, 10],
  [15, 20],
  [16, 2.5],
  [19, 20],
  [31, 20],
])('reads the length of a frame from configuration %i: %f ms', (config, ms) => {
  expect(packetMs(packet(config, 0))).toBe(ms);
  expect(packetMs(packet(config, 1))).toBe(2 * ms);
  expect(packetMs(packet(config, 2))).toBe(2 * ms);
  expect(packetMs(packet(config, 3, 0x80 | 3))).toBe(3 * ms);
});

it('takes nothing for no packet', () => {
  expect(packetMs(Buffer.alloc(0))).toBe(0);
});

function head({ channels = 2, gain = 0, family = 0 } = {}): Buffer {
  const bytes = Buffer.alloc(19);
  bytes.write('OpusHead');
  bytes.writeUInt8(channels, 9);
  bytes.writeInt16LE(gain, 16);
  bytes.writeUInt8(family, 18);
  return bytes;
}

it('lets out mono and stereo without gain, and nothing else, as it is', () => {
  expect(outputGainDb(head())).toBe(0);
  expect(outputGainDb(head({ channels: 1 }))).toBe(0);
  expect(outputGainDb(head({ gain: -640 }))).toBe(-2.5);
  expect(outputGainDb(head({ channels: 0 }))).toBeNull();
  expect(outputGainDb(head({ channels: 6, family: 1 }))).toBeNull();
  expect(outputGainDb(head({ family: 1 }))).toBeNull();
  expect(outputGainDb(head().subarray(0, 12))).toBeNull();
});
