/** What a look at a guild's voice gives, when it is ready. */
export interface Evidence {
  /** Frames handed to the network so far. */
  readonly framesSent: number;
  /** True while a player plays into it. */
  readonly playing: boolean;
}

/** `stuck`: a player plays, the connection says ready, and nothing leaves. */
export type Verdict = 'healthy' | 'quiet' | 'stuck';

/** ConnectionMonitor: judges one connection by what really left it, and not by the names of its states. */
export class ConnectionMonitor {
  readonly #stuckAfterMs: number;
  #framesSent = -1;
  #movedAt: number;

  constructor(stuckAfterMs: number, now: number) {
    this.#stuckAfterMs = stuckAfterMs;
    this.#movedAt = now;
  }

  /** A verdict from one more look; looks should be a good deal more frequent than `stuckAfterMs`. */
  judge({ framesSent, playing }: Evidence, now: number): Verdict {
    if (framesSent !== this.#framesSent || !playing) this.#movedAt = now;
    this.#framesSent = framesSent;
    if (!playing) return 'quiet';
    return now - this.#movedAt >= this.#stuckAfterMs ? 'stuck' : 'healthy';
  }
}
