import type { Ears } from '../ears.ts';
import type { AudioPacket } from './datagrams.ts';

/** A person in a voice channel: they hear everyone else there, and may speak. */
export class Listener {
  readonly userId: string;
  readonly ssrc: number;
  readonly #ears: Ears;

  constructor(userId: string, ssrc: number, ears: Ears) {
    this.userId = userId;
    this.ssrc = ssrc;
    this.#ears = ears;
  }

  /** A packet of someone else's voice. */
  hear(userId: string, { payload, sequence, timestamp, ssrc }: AudioPacket): void {
    this.#ears.hear({ opus: payload, sequence, timestamp, ssrc, userId, dave: false, at: performance.now() });
  }

  /** What this person's microphone sends: Opus, end-to-end encrypted once there is a group. */
  utter(opus: Buffer): Buffer {
    return opus;
  }
}
