interface Turn {
  readonly act: () => void;
  due: boolean;
}

/** Acts that may have to wait, in the order in which they came: none overtakes an earlier one. */
export class WaitingLine {
  readonly #turns: Turn[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Acts after `ms` milliseconds, and not before everything earlier; with 0, and nothing earlier, at once. */
  add(ms: number, act: () => void): void {
    const turn = { act, due: ms === 0 };
    this.#turns.push(turn);
    if (turn.due) return this.#advance();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      turn.due = true;
      this.#advance();
    }, ms);
    this.#timers.add(timer);
  }

  /** Forgets everything that still waits. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#turns.length = 0;
  }

  #advance(): void {
    while (this.#turns[0]?.due) this.#turns.shift()?.act();
  }
}
