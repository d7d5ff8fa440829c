/** Does one thing after the other: what is asked for in the middle of something comes behind it. */
export class Turns {
  readonly #work: (() => void)[] = [];
  #working = false;

  run(task: () => void): void {
    this.#work.push(task);
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#work.shift(); next; next = this.#work.shift()) next();
    } finally {
      this.#working = false;
    }
  }
}
