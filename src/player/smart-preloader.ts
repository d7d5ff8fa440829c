import type { QueueEntry } from '../queue/queue.ts';
import type { Media, Track } from '../sources/source.ts';

/** SmartPreloader: the track after the current one is located before it is needed, so that its extraction is in the cache. */
export class SmartPreloader {
  readonly #locate: (track: Track, signal: AbortSignal) => Promise<Media>;
  #prepared = '';
  #work = new AbortController();

  constructor(locate: (track: Track, signal: AbortSignal) => Promise<Media>) {
    this.#locate = locate;
  }

  /** Looks at what comes next; work for an entry that no longer comes next is called off. */
  prepare(upcoming: readonly QueueEntry[]): void {
    const next = upcoming[0];
    if (this.#prepared === (next?.id ?? '')) return;
    this.#work.abort();
    this.#prepared = next?.id ?? '';
    if (next === undefined) return;
    this.#work = new AbortController();
    // A failure here is met again, and told, when the track's turn has come.
    this.#locate(next.track, this.#work.signal).catch(() => undefined);
  }
}
