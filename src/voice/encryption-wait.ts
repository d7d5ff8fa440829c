import type { NetworkingReadyState } from '@discordjs/voice';
import { encrypts } from './dave-watch.ts';
import type { VoiceOptions } from './voice-options.ts';

/**
 * The time from the moment when frames can leave to the one when they are understood. Alone there is no group to be in, so
 * waiting ends by itself; others could not understand what left before they are in one.
 */
export class EncryptionWait {
  readonly #limits: Pick<VoiceOptions, 'encryptionGraceMs' | 'encryptionPatienceMs'>;
  #look: (() => void) | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: Pick<VoiceOptions, 'encryptionGraceMs' | 'encryptionPatienceMs'>) {
    this.#limits = limits;
  }

  /** Calls `over` once, now or later, unless the wait is ended before. */
  begin({ dave, connectionData }: NetworkingReadyState, over: () => void): void {
    const { encryptionGraceMs, encryptionPatienceMs } = this.#limits;
    const since = performance.now();
    this.#look = () => {
      clearTimeout(this.#timer);
      const longestMs = connectionData.connectedClients.size === 0 ? encryptionGraceMs : encryptionPatienceMs;
      const restMs = since + longestMs - performance.now();
      const encrypted = !dave || dave.protocolVersion === 0 || encrypts(dave);
      if (!encrypted && restMs > 0) this.#timer = setTimeout(() => this.look(), restMs);
      else {
        this.end();
        over();
      }
    };
    this.#look();
  }

  /**
   * To be called when the library has taken in a message: of the group it says nothing itself until a transition is executed,
   * but only by a message does it become a member.
   */
  look(): void {
    this.#look?.();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#look = null;
  }
}
