import { sleep } from '../lib/time.ts';

/** A wait before the next try, which a person can cut short. */
export class Rest {
  #life: AbortController | null = null;

  get lasts(): boolean {
    return this.#life !== null;
  }

  /** Rests for so long and then calls `wake`, whose failure goes to `report`; unless it ends before. */
  begin(ms: number, wake: () => Promise<void>, report: (error: unknown) => void): void {
    this.end();
    const life = new AbortController();
    this.#life = life;
    sleep(ms, life.signal)
      .then(() => {
        this.#life = null;
        return wake();
      })
      .catch((error: unknown) => {
        if (!life.signal.aborted) report(error);
      });
  }

  end(): void {
    this.#life?.abort();
    this.#life = null;
  }
}
