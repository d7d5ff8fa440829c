import { EventEmitter } from 'node:events';
import type { VoiceWebSocket } from '@discordjs/voice';
import { expect, it } from 'vitest';
import { VoiceSocketWatch } from '../../src/voice/voice-socket-watch.ts';

const USUAL_MS = 13_750;

/** The part of the library's socket that is watched, and what its own listener is given. */
function socket() {
  const taken: unknown[] = [];
  const fake = Object.assign(new EventEmitter(), {
    ws: { readyState: 1, terminate: () => undefined },
    lastHeartbeatAck: 0,
    missedHeartbeats: 0,
    onMessage: ({ data }: { readonly data: string }) => void fake.emit('packet', JSON.parse(data)),
  });
  fake.on('packet', ({ d }: { readonly d: Record<string, unknown> }) => void taken.push(d['heartbeat_interval']));
  const faults: unknown[] = [];
  const watch = new VoiceSocketWatch(fake as unknown as VoiceWebSocket, (error) => void faults.push(error));
  const say = (message: unknown) => fake.onMessage({ data: JSON.stringify(message) });
  return { fake, watch, taken, faults, say };
}

it.each([
  [13_750, 13_750],
  [41_250, 41_250],
  [0, USUAL_MS],
  [-5, USUAL_MS],
  [0.001, USUAL_MS],
  [1, USUAL_MS],
  [1e12, USUAL_MS],
  [null, USUAL_MS],
  ['5', USUAL_MS],
  [[], USUAL_MS],
])('takes a heartbeat interval of %j as one of %d ms', (said, taken) => {
  const scene = socket();
  scene.say({ op: 8, d: { heartbeat_interval: said } });
  expect(scene.taken).toEqual([taken]);
  expect(scene.watch.heartbeat.intervalMs).toBe(taken);
});

it('keeps a key from the library that it would only allocate memory for', () => {
  const { faults, taken, say } = socket();
  say({ op: 4, d: { secret_key: Array.from({ length: 32 }, () => 1) } });
  expect([faults.length, taken.length]).toEqual([0, 1]);
  for (const key of [2_000_000_000, [1, 2, 3], 'x', { length: 32 }]) say({ op: 4, d: { secret_key: key } });
  expect([faults.length, taken.length]).toEqual([4, 1]);
});

it('knows that a socket is being closed before the library does', () => {
  const { fake, watch } = socket();
  expect(watch.open).toBe(true);
  fake.ws.readyState = 2;
  expect(watch.open).toBe(false);
});
