import { later } from '../lib/time.ts';
import { SlidingWindow } from './sliding-window.ts';

/** Who wants to join, and what happens when it may. */
export interface TurnRequest {
  readonly guildId: string;
  /** Op 4 that it will send. */
  readonly sends: number;
  /** Ends the wait. */
  readonly life: AbortSignal;
  /** True while a person waits for the answer: it goes ahead of recoveries, and at once. */
  readonly urgent: () => boolean;
  /** Called once: at once when it is its turn, else later. */
  readonly go: () => void;
}

const MINUTE_MS = 60_000;

/** The turns of all guilds to join: paced after a global outage, with one probe during it. */
export class RecoveryPacer {
  readonly #window: SlidingWindow;
  readonly #now: () => number;

  constructor(sendsPerMinute: number, now: () => number) {
    this.#window = new SlidingWindow(sendsPerMinute, MINUTE_MS);
    this.#now = now;
  }

  /** True while voice fails everywhere. */
  get outage(): boolean {
    return false;
  }

  /** A guild's voice failed: closed, or not made. */
  failed(_guildId: string): void {}

  /** A guild's voice is ready. */
  succeeded(_guildId: string): void {}

  /** A person has come to wait for this guild, so it is its turn at once. */
  hurry(_guildId: string): void {}

  /** Asks for a turn. Returns when it will come, in milliseconds from now, or null when nobody can tell. */
  request({ sends, life, urgent, go }: TurnRequest): number | null {
    const waitMs = this.#window.take(sends, this.#now());
    if (waitMs === 0 || urgent()) {
      go();
      return 0;
    }
    later(waitMs, life, go);
    return waitMs;
  }
}
