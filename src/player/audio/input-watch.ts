import type { Readable } from 'node:stream';
import { TenutoError } from '../../lib/errors.ts';
import { UnfitError, type PacketGate } from './packet-gate.ts';

const CHECK_MS = 1_000;
const STALL_MS = 15_000;
/** prism-media keeps what it cannot read yet in one buffer that it copies for every chunk: room for headers, and no more. */
const MAX_HEADER_BYTES = 2 * 1024 * 1024;

/** Ends the gate when its input gives nothing although packets are wanted, or gives a lot and no packet comes of it. */
export function watchInput(input: Readable, gate: PacketGate): void {
  let bytes = 0;
  let silentMs = 0;
  input.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    silentMs = 0;
    if (gate.received === 0 && bytes > MAX_HEADER_BYTES) gate.destroy(new UnfitError('headers without end'));
  });
  const timer = setInterval(() => {
    // Packets that wait for a paused player are no stall.
    silentMs = gate.readableLength === 0 && !input.readableEnded ? silentMs + CHECK_MS : 0;
    if (silentMs >= STALL_MS) gate.destroy(new TenutoError('TRACK_UNAVAILABLE', 'the server stopped sending'));
  }, CHECK_MS);
  gate.once('close', () => clearInterval(timer));
}
