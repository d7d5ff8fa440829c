import type { QueueEntry } from '../queue/queue.ts';
import type { Track } from '../sources/source.ts';

type Preload = (track: Track, signal: AbortSignal) => Promise<unknown>;

/** SmartPreloader: the track after the current one is located before it is needed, so that its extraction is in the cache. */
export class SmartPreloader {
  readonly #preload: Preload;
  readonly #life = new AbortController();
  #prepared = '';
  #work = new AbortController();

  constructor(preload: Preload) {
    this.#preload = preload;
  }

  /** Looks at what comes next. Work for an entry that neither comes next nor is `current` by now is called off. */
  prepare(upcoming: readonly QueueEntry[], current: QueueEntry | null = null): void {
    const next = upcoming[0];
    if (this.#life.signal.aborted || this.#prepared === (next?.id ?? '')) return;
    // Its turn may have come before it was ready: the deck asks the same in a moment, and then shares the answer.
    if (current?.id !== this.#prepared) this.#work.abort();
    this.#prepared = next?.id ?? '';
    if (next === undefined) return;
    this.#work = new AbortController();
    // A failure here is met again, and told, when the track's turn has come.
    this.#preload(next.track, AbortSignal.any([this.#work.signal, this.#life.signal])).catch(() => undefined);
  }

  /** Calls off what is under way; nothing is prepared any more. */
  close(): void {
    this.#life.abort();
  }
}
