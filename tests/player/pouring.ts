import { Readable } from 'node:stream';
import { TenutoError } from '../../src/lib/errors.ts';
import { JitterBuffer } from '../../src/player/audio/jitter-buffer.ts';
import { PacketGate, type PacketGateOptions } from '../../src/player/audio/packet-gate.ts';

/** A gate, and the buffer behind it. */
export function gateFor(container: PacketGateOptions['container'], startMs = 0) {
  const buffer = new JitterBuffer((packet) => packet);
  const gate = new PacketGate(buffer, {
    container,
    beginsAtMs: 0,
    startMs,
    durationMs: null,
    confirmEnd: () => Promise.resolve(),
    explain: (cause) => new TenutoError('TRACK_UNAVAILABLE', '', { cause }),
  });
  return { gate, buffer };
}

/** What is heard of bytes, and what ended it too early; null when nothing did. */
export async function heardOf(
  container: PacketGateOptions['container'],
  bytes: Iterable<Buffer> | AsyncIterable<Buffer>,
  startMs = 0,
): Promise<{ readonly heard: readonly Buffer[]; readonly error: unknown }> {
  const { gate, buffer } = gateFor(container, startMs);
  const heard: Buffer[] = [];
  buffer.on('data', (packet: Buffer) => heard.push(packet));
  const closed = new Promise<void>((resolve) => buffer.on('error', () => undefined).once('close', () => resolve()));
  await gate.pour(Readable.from(bytes));
  await closed;
  return { heard, error: buffer.errored };
}
