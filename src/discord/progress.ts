import type { Reply } from '../commands/command.ts';
import { later } from '../lib/time.ts';

/** An interaction's webhook takes five requests in two seconds; nobody reads faster than this. */
const EVERY_MS = 1_500;

/** Shows the newest of many replies, one now and then; the first only when it has taken a while. */
export class Progress {
  readonly #edit: (reply: Reply) => Promise<unknown>;
  readonly #life = new AbortController();
  #latest: Reply | null = null;
  #showing: Promise<void> = Promise.resolve();

  constructor(edit: (reply: Reply) => Promise<unknown>) {
    this.#edit = edit;
  }

  show(reply: Reply): void {
    const due = this.#latest === null;
    this.#latest = reply;
    if (due) later(EVERY_MS, this.#life.signal, () => this.#show());
  }

  /** Resolves when nothing of it is under way any more: two edits at once may arrive in any order. */
  async end(): Promise<void> {
    this.#life.abort();
    await this.#showing;
  }

  #show(): void {
    const latest = this.#latest;
    if (latest === null) return;
    this.#latest = null;
    this.#showing = this.#showing
      .then(() => this.#edit(latest))
      .then(
        () => undefined,
        () => undefined,
      );
  }
}
