import type { Urgency } from './source.ts';

/** Work under way, as the work itself sees it. */
export interface Flight {
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** Becomes 'now' when somebody joins who cannot wait. */
  readonly urgency: Urgency;
}

interface Boarded<T> {
  readonly life: AbortController;
  readonly flight: { readonly signal: AbortSignal; urgency: Urgency };
  readonly result: Promise<T>;
  passengers: number;
}

/** Identical work that is asked for while it is under way is done once. It is called off when nobody waits for it any more. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Boarded<T>>();

  /** Joins the work named `key`, or begins it. Rejects with the signal's reason when that is aborted. */
  async run(key: string, { signal, urgency }: Flight, work: (flight: Flight) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const boarded = this.#flights.get(key) ?? this.#begin(key, urgency, work);
    if (urgency === 'now') boarded.flight.urgency = urgency;
    boarded.passengers += 1;
    let leave = () => {};
    const aborted = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([boarded.result, aborted]);
    } finally {
      signal.removeEventListener('abort', leave);
      boarded.passengers -= 1;
      if (boarded.passengers === 0) this.#end(key, boarded);
    }
  }

  #begin(key: string, urgency: Urgency, work: (flight: Flight) => Promise<T>): Boarded<T> {
    const life = new AbortController();
    const flight = { signal: life.signal, urgency };
    const boarded = { life, flight, result: work(flight), passengers: 0 };
    // When all have left, nobody hears how it ended.
    boarded.result.catch(() => undefined);
    this.#flights.set(key, boarded);
    return boarded;
  }

  #end(key: string, boarded: Boarded<T>): void {
    if (this.#flights.get(key) === boarded) this.#flights.delete(key);
    boarded.life.abort();
  }
}
