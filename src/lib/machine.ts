import { EventEmitter } from 'node:events';

/**
 * One state, one writer. A state is a union tagged by `status`; `legal` says which states may follow which.
 * Entering a state aborts the signal of the state before it, so work begun in a state dies with it.
 */
export class Machine<S extends { readonly status: string }> extends EventEmitter<{ change: [next: S, previous: S] }> {
  #state: S;
  #life = new AbortController();
  readonly #legal: Readonly<Record<S['status'], readonly S['status'][]>>;

  constructor(initial: S, legal: Readonly<Record<S['status'], readonly S['status'][]>>) {
    super();
    this.#state = initial;
    this.#legal = legal;
  }

  get state(): S {
    return this.#state;
  }

  /** Aborted when the machine leaves the state it is in now. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Moves to `next` and returns its lifetime. Throws when the table does not allow the step. */
  to(next: S): AbortSignal {
    const previous = this.#state;
    const allowed: readonly string[] = this.#legal[previous.status as S['status']];
    if (!allowed.includes(next.status)) throw new Error(`illegal transition ${previous.status} -> ${next.status}`);
    const life = new AbortController();
    this.#life.abort();
    this.#life = life;
    this.#state = next;
    this.emit('change', next, previous);
    return life.signal;
  }
}
