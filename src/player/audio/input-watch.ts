import { finished, type Readable } from 'node:stream';
import { TenutoError } from '../../lib/errors.ts';
import { UnfitError } from './packet-gate.ts';

const CHECK_MS = 1_000;
const STALL_MS = 15_000;
/** Pictures in front of the sound and films around it are passed over; more than this between two packets is neither. */
const MAX_BYTES_WITHOUT_SOUND = 32 * 1024 * 1024;

/** What becomes of the bytes. */
export interface Progress {
  /** How many packets came of them. */
  readonly received: number;
  /** True while more are wanted. */
  readonly hungry: boolean;
}

/** Breaks an input that gives nothing although packets are wanted, or gives a lot and no packet comes of it. */
export function watchInput(input: Readable, progress: Progress): void {
  let received = 0;
  let bytes = 0;
  let silentMs = 0;
  input.on('data', (chunk: Buffer) => {
    bytes = progress.received === received ? bytes + chunk.length : 0;
    ({ received } = progress);
    silentMs = 0;
    // Before the first packet, ffmpeg may still find some.
    if (bytes > MAX_BYTES_WITHOUT_SOUND) input.destroy(new UnfitError('a lot of bytes without sound'));
  });
  const timer = setInterval(() => {
    // Packets that wait for a paused player are no stall.
    silentMs = progress.hungry && !input.readableEnded ? silentMs + CHECK_MS : 0;
    if (silentMs >= STALL_MS) input.destroy(new TenutoError('TRACK_UNAVAILABLE', 'the server stopped sending'));
  }, CHECK_MS);
  finished(input, { writable: false }, () => clearInterval(timer));
}
