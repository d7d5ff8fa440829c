import { EventEmitter } from 'node:events';

export { heardRate, matchFrames, type Expected, type FrameMatch } from './voice/matching.ts';
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

/** An hour and a half of one voice. */
const KEPT = 270_000;

/** What a person hears, packet by packet, from everyone in their channel. */
export class Ears extends EventEmitter<{ packet: [HeardPacket] }> {
  readonly #kept: number;
  #packets: HeardPacket[] = [];
  #forgotten = 0;
  #missed = { undecryptable: 0, plain: 0 };

  /** With more than `kept` packets the older half is forgotten. */
  constructor(kept = KEPT) {
    super();
    this.#kept = kept;
  }

  /** In order of arrival; the first is number `forgotten`, counted from 0. */
  get packets(): readonly HeardPacket[] {
    return this.#packets;
  }

  /** At most `limit` of them from number `index` on, as far as they are not forgotten. */
  from(index: number, limit: number): readonly HeardPacket[] {
    const start = index - this.#forgotten;
    return this.#packets.slice(Math.max(0, start), Math.max(0, start + limit));
  }

  /** How many were heard, those that are forgotten by now too. */
  get count(): number {
    return this.#forgotten + this.#packets.length;
  }

  /** How many of the oldest are not in `packets` any more. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** DAVE frames that arrived but could not be decrypted: of another epoch, or garbage. */
  get undecryptable(): number {
    return this.#missed.undecryptable;
  }

  /** Frames that arrived without the end-to-end encryption of their channel: nobody hears those. */
  get plain(): number {
    return this.#missed.plain;
  }

  /** Called by the voice server. */
  hear(packet: HeardPacket): void {
    if (this.#packets.length >= this.#kept) {
      const kept = this.#packets.slice(-this.#kept / 2);
      this.#forgotten += this.#packets.length - kept.length;
      this.#packets = kept;
    }
    this.#packets.push(packet);
    this.emit('packet', packet);
  }

  /** Called by the voice server. */
  miss(kind: 'undecryptable' | 'plain'): void {
    this.#missed[kind] += 1;
  }

  /** Forgets everything heard so far, and counts from 0 again. */
  clear(): void {
    this.#packets = [];
    this.#forgotten = 0;
    this.#missed = { undecryptable: 0, plain: 0 };
  }

  /**
   * Resolves with the packets as soon as there have been `wanted` of them, or `wanted` says so of them; rejects after
   * `deadlineMs` milliseconds, saying how many there were, or with what `wanted` throws.
   */
  waitFor(
    wanted: number | ((packets: readonly HeardPacket[]) => boolean),
    deadlineMs: number,
  ): Promise<readonly HeardPacket[]> {
    const enough = () => (typeof wanted === 'number' ? this.count >= wanted : wanted(this.#packets));
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.off('packet', look);
      };
      const look = () => {
        // Called from the depths of the voice server, which must not meet the caller's errors.
        try {
          if (!enough()) return;
          end();
          resolve(this.#packets);
        } catch (error) {
          end();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        end();
        const asked = typeof wanted === 'number' ? `${wanted} packets` : 'what was asked for';
        reject(new Error(`heard ${this.count} packets, not ${asked}, within ${deadlineMs} ms`));
      }, deadlineMs);
      this.on('packet', look);
      look();
    });
  }
}
