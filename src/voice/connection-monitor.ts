import { every } from '../lib/time.ts';

const LOOK_EVERY_MS = 1_000;

/** What a look at a guild's voice gives, when it is ready. */
export interface Evidence {
  /** Frames handed to the network so far. */
  readonly framesSent: number;
  /** True while a player plays into it. */
  readonly playing: boolean;
}

/** `stuck`: a player plays, the connection says ready, and nothing leaves. */
export type Verdict = 'healthy' | 'quiet' | 'stuck';

/** ConnectionMonitor: judges a guild's connection by what really left it, and not by the names of its states. */
export class ConnectionMonitor {
  readonly #stuckAfterMs: number;
  readonly #now: () => number;
  #framesSent = -1;
  #movedAt = 0;

  constructor(stuckAfterMs: number, now: () => number) {
    this.#stuckAfterMs = stuckAfterMs;
    this.#now = now;
  }

  /** Looks every second at a connection that has become ready, until `life` ends. */
  watch(connection: Evidence, life: AbortSignal, stuck: () => void): void {
    this.#movedAt = this.#now();
    every(LOOK_EVERY_MS, life, () => {
      if (this.judge(connection) === 'stuck') stuck();
    });
  }

  /** A verdict from one more look; looks should be a good deal more frequent than `stuckAfterMs`. */
  judge({ framesSent, playing }: Evidence): Verdict {
    const now = this.#now();
    if (framesSent !== this.#framesSent || !playing) this.#movedAt = now;
    this.#framesSent = framesSent;
    if (!playing) return 'quiet';
    return now - this.#movedAt >= this.#stuckAfterMs ? 'stuck' : 'healthy';
  }
}
