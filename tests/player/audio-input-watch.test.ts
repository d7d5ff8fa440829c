import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchInput } from '../../src/player/audio/input-watch.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

function watched() {
  const input = new PassThrough();
  input.on('error', () => undefined);
  const progress = { received: 0, hungry: true };
  watchInput(input, progress);
  return { input, progress };
}

async function send(input: PassThrough, bytes: Buffer | string = 'bytes'): Promise<void> {
  const arrived = once(input, 'data');
  input.write(bytes);
  await arrived;
}

it('gives up a server that sends nothing for 15 seconds while packets are wanted', async () => {
  const { input } = watched();
  await send(input);
  vi.advanceTimersByTime(14_000);
  expect(input.destroyed).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(input.errored).toMatchObject({ code: 'TRACK_UNAVAILABLE', detail: 'the server stopped sending' });
});

it('begins to count anew with every byte', async () => {
  const { input } = watched();
  for (let round = 0; round < 5; round += 1) {
    vi.advanceTimersByTime(10_000);
    await send(input);
  }
  expect(input.destroyed).toBe(false);
  input.destroy();
});

it('waits without end for a listener who has paused', async () => {
  const { input, progress } = watched();
  progress.hungry = false;
  vi.advanceTimersByTime(3_600_000);
  expect(input.destroyed).toBe(false);
  input.destroy();
});

it.each([0, 1])('does not read on and on when no packet comes of it, after %i packets', async (packets) => {
  const { input, progress } = watched();
  progress.received = packets;
  const closed = new Promise<void>((resolve) => input.once('close', () => resolve()));
  for (let megabyte = 0; megabyte < 35; megabyte += 1) input.write(Buffer.alloc(1024 * 1024));
  await closed;
  expect(input.errored?.name).toBe('UnfitError');
});

it('reads as much as there is while packets come of it', async () => {
  const { input, progress } = watched();
  for (let megabyte = 0; megabyte < 70; megabyte += 1) {
    if (megabyte % 20 === 0) progress.received += 1;
    await send(input, Buffer.alloc(1024 * 1024));
  }
  expect(input.destroyed).toBe(false);
  input.destroy();
});

it.each([
  ['ends', (input: PassThrough) => input.resume().end()],
  ['is closed', (input: PassThrough) => input.destroy()],
])('leaves no timer behind when the input %s', async (_what, over) => {
  const { input } = watched();
  expect(vi.getTimerCount()).toBe(1);
  const closed = once(input, 'close');
  over(input);
  await closed;
  expect(vi.getTimerCount()).toBe(0);
});

it('leaves none behind when the input was closed before', async () => {
  const input = new PassThrough();
  const closed = once(input, 'close');
  input.destroy();
  await closed;
  watchInput(input, { received: 0, hungry: true });
  await new Promise(setImmediate);
  expect(vi.getTimerCount()).toBe(0);
});
