import { later } from '../lib/time.ts';

/** Guilds in whose channel nobody was when the bot started: it comes there with the first who does, unless that takes too long. */
export class EmptyChannels {
  readonly #waitMs: number;
  readonly #forget: (guildId: string) => void;
  readonly #waiting = new Set<string>();
  readonly #life = new AbortController();
  #over = false;

  /** `forget` is called for each guild in whose channel nobody was seen for so many milliseconds after `start`. */
  constructor(waitMs: number, forget: (guildId: string) => void) {
    this.#waitMs = waitMs;
    this.#forget = forget;
  }

  start(): void {
    later(this.#waitMs, this.#life.signal, () => {
      this.#over = true;
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const guildId of waiting) this.#forget(guildId);
    });
  }

  /** Nobody is there. */
  expect(guildId: string): void {
    if (this.#over) this.#forget(guildId);
    else this.#waiting.add(guildId);
  }

  /** Somebody is. True when that was waited for. */
  met(guildId: string): boolean {
    return this.#waiting.delete(guildId);
  }

  close(): void {
    this.#life.abort();
    this.#waiting.clear();
  }
}
