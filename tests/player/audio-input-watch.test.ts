import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TenutoError } from '../../src/lib/errors.ts';
import { watchInput } from '../../src/player/audio/input-watch.ts';
import { JitterBuffer } from '../../src/player/audio/jitter-buffer.ts';
import { PacketGate } from '../../src/player/audio/packet-gate.ts';

const PACKET = Buffer.from([0xf8, 0xff, 0xfe]);

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

function watched(): { input: PassThrough; gate: PacketGate; buffer: JitterBuffer } {
  const input = new PassThrough();
  const buffer = new JitterBuffer((packet) => packet);
  const gate = new PacketGate(buffer, {
    beginsAtMs: 0,
    startMs: 0,
    durationMs: null,
    confirmEnd: () => Promise.resolve(),
    explain: () => new TenutoError('TRACK_UNAVAILABLE'),
  });
  for (const stage of [gate, buffer]) stage.on('error', () => undefined);
  watchInput(input, gate);
  return { input, gate, buffer };
}

async function send(input: PassThrough): Promise<void> {
  const arrived = once(input, 'data');
  input.write('bytes');
  await arrived;
}

it('gives up a server that sends nothing for 15 seconds while packets are wanted', async () => {
  const { input, gate } = watched();
  await send(input);
  vi.advanceTimersByTime(14_000);
  expect(gate.destroyed).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(gate.errored).toMatchObject({ code: 'TRACK_UNAVAILABLE', detail: 'the server stopped sending' });
});

it('begins to count anew with every byte', async () => {
  const { input, gate } = watched();
  for (let round = 0; round < 5; round += 1) {
    vi.advanceTimersByTime(10_000);
    await send(input);
  }
  expect(gate.destroyed).toBe(false);
  gate.destroy();
});

it('waits without end for a listener who has paused', async () => {
  const { gate } = watched();
  for (let packet = 0; packet < 250; packet += 1) gate.write(PACKET);
  expect(gate.hungry).toBe(false);
  vi.advanceTimersByTime(3_600_000);
  expect(gate.destroyed).toBe(false);
  gate.destroy();
});

it.each([
  [0, 'UnfitError'],
  [1, 'TenutoError'],
])('does not read on and on when no packet comes of it, after %i packets', async (packets, error) => {
  const { input, gate } = watched();
  if (packets > 0) gate.write(PACKET);
  const closed = new Promise<void>((resolve) => gate.once('close', () => resolve()));
  for (let megabyte = 0; megabyte < 35; megabyte += 1) input.write(Buffer.alloc(1024 * 1024));
  await closed;
  expect(gate.errored?.name).toBe(error);
});

it('reads as much as there is while packets come of it', async () => {
  const { input, gate, buffer } = watched();
  buffer.resume();
  for (let megabyte = 0; megabyte < 70; megabyte += 1) {
    if (megabyte % 20 === 0) gate.write(PACKET);
    const arrived = once(input, 'data');
    input.write(Buffer.alloc(1024 * 1024));
    await arrived;
  }
  expect(gate.destroyed).toBe(false);
  gate.destroy();
});

it('leaves no timer behind', () => {
  const { gate } = watched();
  expect(vi.getTimerCount()).toBe(1);
  gate.destroy();
  return once(gate, 'close').then(() => expect(vi.getTimerCount()).toBe(0));
});
