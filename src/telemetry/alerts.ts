import type { Logger } from 'pino';
import { every } from '../lib/time.ts';
import { NOTHING_YET, remembered, review, type AlertLimits, type Episodes, type History } from './alert-rules.ts';
import type { Closing, Settlement, VoiceObserver } from './voice-observer.ts';

const LOOK_EVERY_MS = 10_000;

export interface AlertsParts {
  readonly limits: AlertLimits;
  /** True while voice fails everywhere. */
  readonly outage: () => boolean;
  /** Why what changes is not on the disk; null: it is. */
  readonly unsaved: () => string | null;
  /** Posts a line to where the operator reads it; null: nowhere. Must not throw. */
  readonly post: ((line: string) => void) | null;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Tells the operator, in the log and where else they want it: once when something is wrong, once when it is over. */
export class Alerts implements VoiceObserver {
  readonly #parts: AlertsParts;
  readonly #now: () => number;
  readonly #life = new AbortController();
  #history: History = NOTHING_YET;
  #episodes: Episodes = new Map();

  constructor(parts: AlertsParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    every(LOOK_EVERY_MS, this.#life.signal, () => this.look());
  }

  closed(closing: Closing): void {
    const at = this.#now();
    this.#note({ closings: [...this.#history.closings, { ...closing, at }] });
  }

  settled(settlement: Settlement): void {
    const at = this.#now();
    this.#note({ settlements: [...this.#history.settlements, { ...settlement, at }] });
  }

  survived(): void {
    this.#note({ survivals: [...this.#history.survivals, { at: this.#now() }] });
  }

  /** Something changed that the rules look at. It is seen within ten seconds also without this. */
  look(): void {
    const now = this.#now();
    const { closings, settlements, survivals } = this.#history;
    this.#history = {
      closings: remembered(closings, now),
      settlements: remembered(settlements, now),
      survivals: remembered(survivals, now),
      outage: this.#parts.outage(),
      unsaved: this.#parts.unsaved(),
    };
    const { episodes, lines } = review(this.#episodes, this.#history, now, this.#parts.limits);
    this.#episodes = episodes;
    for (const { alert, over, text } of lines) {
      if (over) this.#parts.log.info({ alert, what: text }, 'alert over');
      else this.#parts.log.error({ alert, what: text }, 'alert');
      this.#parts.post?.(`Tenuto: ${text}`);
    }
  }

  /** Looks no more. */
  close(): void {
    this.#life.abort();
  }

  #note(news: Partial<History>): void {
    this.#history = { ...this.#history, ...news };
    this.look();
  }
}
