import { sleep } from '../lib/time.ts';

/** Why a guild's channel is about to be left, and after how long. */
export interface Departure {
  readonly afterMs: number;
  readonly line: string;
}

/** Leaves a channel in which nobody listens, or nothing is left to play, after a while; one wait per guild. */
export class Departures {
  readonly #leave: (guildId: string, line: string) => Promise<void>;
  readonly #report: (guildId: string, error: unknown) => void;
  readonly #waits = new Map<string, { readonly line: string; readonly life: AbortController }>();
  #closed = false;

  constructor(
    leave: (guildId: string, line: string) => Promise<void>,
    report: (guildId: string, error: unknown) => void,
  ) {
    this.#leave = leave;
    this.#report = report;
  }

  /** Starts the wait, goes on with one that is under way for the same reason, or calls it off with null. */
  expect(guildId: string, departure: Departure | null): void {
    const pending = this.#waits.get(guildId);
    if (pending?.line === departure?.line) return;
    pending?.life.abort();
    this.#waits.delete(guildId);
    if (departure === null || this.#closed) return;
    const life = new AbortController();
    this.#waits.set(guildId, { line: departure.line, life });
    sleep(departure.afterMs, life.signal)
      .then(async () => {
        this.#waits.delete(guildId);
        await this.#leave(guildId, departure.line);
      })
      .catch((error: unknown) => {
        if (!life.signal.aborted) this.#report(guildId, error);
      });
  }

  close(): void {
    this.#closed = true;
    for (const { life } of this.#waits.values()) life.abort();
    this.#waits.clear();
  }
}
