import type { Frame } from './outbox.ts';
import type { Trick } from './tricks.ts';

/** What an outlet leads to. */
export interface OutletParts {
  /** What happens to this message, null when nothing does. */
  trick(frame: Frame): Trick | null;
  send(frame: Frame): void;
  close(code: number): void;
}

interface Item {
  readonly frame: Frame;
  readonly trick: Trick | null;
}

/** `waiting`: something is delayed, and all that was said since stands behind it. */
type State =
  | { readonly status: 'open' }
  | { readonly status: 'waiting'; readonly queue: Item[]; readonly timer: NodeJS.Timeout }
  | { readonly status: 'shut' };

/** The way of all messages from the server to one client: where faults meet them. */
export class Outlet {
  readonly #parts: OutletParts;
  #state: State = { status: 'open' };
  #postponed: Frame[] = [];
  #meddled = false;

  constructor(parts: OutletParts) {
    this.#parts = parts;
  }

  /** True when the client did not get everything as it was said: what it then does wrong is not its mistake. */
  get meddled(): boolean {
    return this.#meddled;
  }

  send(frame: Frame): void {
    if (this.#state.status !== 'shut') this.#carry({ frame, trick: this.#parts.trick(frame) });
  }

  /** Nothing goes out any more. */
  shut(): void {
    if (this.#state.status === 'waiting') clearTimeout(this.#state.timer);
    this.#state = { status: 'shut' };
  }

  #carry(item: Item): void {
    if (this.#state.status === 'shut') return;
    if (this.#state.status === 'waiting') return void this.#state.queue.push(item);
    const { frame, trick } = item;
    if (!trick) return this.#deliver(frame);
    this.#meddled = true;
    switch (trick.kind) {
      case 'swallow':
        return;
      case 'double':
        this.#deliver(frame);
        return this.#deliver(frame);
      case 'postpone':
        return void this.#postponed.push(frame);
      case 'delay':
        return this.#delay(frame, trick.ms);
      case 'change':
        return this.#deliver(trick.change(frame));
      case 'close':
        if (!trick.instead) this.#deliver(frame);
        this.shut();
        // Not now: whoever said the message is still in the middle of what it does.
        queueMicrotask(() => this.#parts.close(trick.code));
    }
  }

  #deliver(frame: Frame): void {
    const late = this.#postponed;
    this.#postponed = [];
    for (const one of [frame, ...late]) this.#parts.send(one);
  }

  #delay(frame: Frame, ms: number): void {
    const queue: Item[] = [{ frame, trick: null }];
    const timer = setTimeout(() => {
      this.#state = { status: 'open' };
      for (const item of queue) this.#carry(item);
    }, ms).unref();
    this.#state = { status: 'waiting', queue, timer };
  }
}
