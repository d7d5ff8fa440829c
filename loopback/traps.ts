/** Whom a trap is for; left out, it is for all. `times`: after so many it is gone by itself. */
export interface Bait<T> {
  readonly fits?: (target: T) => boolean;
  readonly times?: number | undefined;
}

/** Faults that lie in wait for something. Of those that fit, the newest is met. */
export class Traps<T, V> {
  #laid: { readonly fits: (target: T) => boolean; readonly value: V; left: number }[] = [];

  get empty(): boolean {
    return this.#laid.length === 0;
  }

  /** Returns what takes the trap away again; doing so twice does nothing. */
  lay(value: V, { fits = () => true, times = Infinity }: Bait<T> = {}): () => void {
    const trap = { fits, value, left: times };
    this.#laid = [trap, ...this.#laid];
    return () => this.#remove(trap);
  }

  /** What the target runs into, or null; a trap that was for so many times is used up by it. */
  meet(target: T): V | null {
    const trap = this.#laid.find(({ fits }) => fits(target));
    if (!trap) return null;
    trap.left -= 1;
    if (trap.left <= 0) this.#remove(trap);
    return trap.value;
  }

  #remove(trap: unknown): void {
    this.#laid = this.#laid.filter((one) => one !== trap);
  }
}
