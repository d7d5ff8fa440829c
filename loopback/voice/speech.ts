import { randomInt } from 'node:crypto';
import type { Listener } from './listener.ts';
import type { Room } from './room.ts';

const FRAME_MS = 20;
const FRAME_TICKS = 960;

/** A person says these Opus packets to their room, one each 20 ms by the clock and not by the timer, until done, aborted or gone. */
export async function say(
  room: Room,
  speaker: Listener,
  packets: Iterable<Buffer>,
  signal?: AbortSignal,
): Promise<void> {
  const began = performance.now();
  let sequence = randomInt(2 ** 16);
  let timestamp = randomInt(2 ** 32);
  let count = 0;
  for (const opus of packets) {
    const wait = began + count * FRAME_MS - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (signal?.aborted || room.person(speaker.userId) !== speaker) return;
    if (!room.isMuted(speaker.userId)) {
      room.relay(speaker.userId, { sequence, timestamp, ssrc: speaker.ssrc, payload: speaker.utter(opus) });
    }
    sequence = (sequence + 1) & 0xffff;
    timestamp = (timestamp + FRAME_TICKS) % 2 ** 32;
    count += 1;
  }
}
