import type { Flight } from './single-flight.ts';

interface Waiting {
  readonly flight: Flight;
  readonly enter: () => void;
}

/** At most `size` tasks at once. The others wait in the order of their calls, those that somebody needs now before all that are done ahead. */
export class Slots {
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  /** Runs `task` when there is room. Rejects with the signal's reason when that is aborted while waiting. */
  async run<T>(task: () => Promise<T>, flight: Flight): Promise<T> {
    await this.#enter(flight);
    try {
      return await task();
    } finally {
      // Asked only now: somebody may have come to need what was waiting to be done ahead.
      const urgent = this.#waiting.findIndex((one) => one.flight.urgency === 'now');
      const [next] = this.#waiting.splice(Math.max(0, urgent), 1);
      if (next) next.enter();
      else this.#free += 1;
    }
  }

  #enter(flight: Flight): Promise<void> {
    const { signal } = flight;
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const waiting = { flight, enter };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiting);
    });
  }
}
