import type { Readable } from 'node:stream';
import { TenutoError } from '../../lib/errors.ts';
import { UnfitError, type PacketGate } from './packet-gate.ts';

const CHECK_MS = 1_000;
const STALL_MS = 15_000;
/** Pictures in front of the sound and films around it are passed over; more than this between two packets is neither. */
const MAX_BYTES_WITHOUT_SOUND = 32 * 1024 * 1024;

/** Ends the gate when its input gives nothing although packets are wanted, or gives a lot and no packet comes of it. */
export function watchInput(input: Readable, gate: PacketGate): void {
  let received = 0;
  let bytes = 0;
  let silentMs = 0;
  input.on('data', (chunk: Buffer) => {
    bytes = gate.received === received ? bytes + chunk.length : 0;
    ({ received } = gate);
    silentMs = 0;
    // Before the first packet, ffmpeg may still find some.
    if (bytes > MAX_BYTES_WITHOUT_SOUND) gate.destroy(new UnfitError('a lot of bytes without sound'));
  });
  const timer = setInterval(() => {
    // Packets that wait for a paused player are no stall.
    silentMs = gate.hungry && !input.readableEnded ? silentMs + CHECK_MS : 0;
    if (silentMs >= STALL_MS) gate.destroy(new TenutoError('TRACK_UNAVAILABLE', 'the server stopped sending'));
  }, CHECK_MS);
  gate.once('close', () => clearInterval(timer));
}
