import { EventEmitter } from 'node:events';

export { heardRate, matchFrames, type FrameMatch } from './voice/matching.ts';
export { opusPacketsOf } from './opus-files.ts';

/** One Opus packet as a listener's ears got it: transport and DAVE already taken off. */
export interface HeardPacket {
  readonly opus: Buffer;
  readonly sequence: number;
  /** RTP units, 48,000 a second. */
  readonly timestamp: number;
  readonly ssrc: number;
  /** Milliseconds of `performance.now()` in the double's process. */
  readonly at: number;
  /** The speaker. */
  readonly userId: string;
  /** True when it came end-to-end encrypted. */
  readonly dave: boolean;
}

/** An hour and a half of one voice; then the older half is forgotten. */
const KEPT = 270_000;

/** What a person hears, packet by packet, from everyone in their channel. */
export class Ears extends EventEmitter<{ packet: [HeardPacket] }> {
  #packets: HeardPacket[] = [];
  #undecryptable = 0;

  /** In order of arrival. */
  get packets(): readonly HeardPacket[] {
    return this.#packets;
  }

  /** Packets that arrived but could not be understood: DAVE frames of another epoch, or plain ones where DAVE is established. */
  get undecryptable(): number {
    return this.#undecryptable;
  }

  /** Called by the voice server. */
  hear(packet: HeardPacket): void {
    if (this.#packets.length >= KEPT) this.#packets = this.#packets.slice(KEPT / 2);
    this.#packets.push(packet);
    this.emit('packet', packet);
  }

  /** Called by the voice server. */
  miss(): void {
    this.#undecryptable += 1;
  }

  /** Forgets everything heard so far. */
  clear(): void {
    this.#packets = [];
    this.#undecryptable = 0;
  }

  /**
   * Resolves with everything heard as soon as there are `wanted` packets, or `wanted` says so of them; rejects after
   * `deadlineMs` milliseconds, saying how many there were.
   */
  waitFor(
    wanted: number | ((packets: readonly HeardPacket[]) => boolean),
    deadlineMs: number,
  ): Promise<readonly HeardPacket[]> {
    const enough = typeof wanted === 'number' ? (packets: readonly unknown[]) => packets.length >= wanted : wanted;
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!enough(this.#packets)) return;
        clearTimeout(timer);
        this.off('packet', look);
        resolve(this.#packets);
      };
      const timer = setTimeout(() => {
        this.off('packet', look);
        const asked = typeof wanted === 'number' ? `${wanted} packets` : 'what was asked for';
        reject(new Error(`heard ${this.#packets.length} packets, not ${asked}, within ${deadlineMs} ms`));
      }, deadlineMs);
      this.on('packet', look);
      look();
    });
  }
}
