import { sleep } from '../lib/time.ts';
import type { QueueEntry } from '../queue/queue.ts';
import type { Track } from '../sources/source.ts';

/** Locates a track. Returns until when that helps, in milliseconds since 1970; null: for ever. */
export type Preload = (track: Track, signal: AbortSignal) => Promise<number | null>;

/** So much music is kept ready, but never more tracks than that. */
const COVER_MS = 5 * 60_000;
const MOST = 3;
/** What expires sooner is not worth being kept. */
const SHORTEST_MS = 60_000;

interface Job {
  /** Called off when nobody will need it. */
  readonly work: AbortController;
  /** Ended when it need not be done anew. */
  readonly keeping: AbortController;
}

/** SmartPreloader: the tracks after the current one are located before they are needed, and again before that has expired. */
export class SmartPreloader {
  readonly #preload: Preload;
  readonly #life = new AbortController();
  readonly #jobs = new Map<string, Job>();

  constructor(preload: Preload) {
    this.#preload = preload;
  }

  /** Looks at what comes next. Work for an entry that neither comes soon nor is `current` by now is called off. */
  prepare(upcoming: readonly QueueEntry[], current: QueueEntry | null = null): void {
    if (this.#life.signal.aborted) return;
    const soon = nearest(upcoming);
    const wanted = new Set(soon.map(({ id }) => id));
    for (const [id, { work, keeping }] of this.#jobs) {
      if (wanted.has(id)) continue;
      keeping.abort();
      // Its turn may have come before it was ready: the deck asks the same in a moment, and then shares the answer.
      if (current?.id !== id) work.abort();
      this.#jobs.delete(id);
    }
    for (const { id, track } of soon) {
      if (this.#jobs.has(id)) continue;
      const job = { work: new AbortController(), keeping: new AbortController() };
      this.#jobs.set(id, job);
      // A failure here is met again, and told, when the track's turn has come.
      this.#keepReady(track, job).catch(() => undefined);
    }
  }

  /** Calls off what is under way; nothing is prepared any more. */
  close(): void {
    this.#life.abort();
  }

  async #keepReady(track: Track, { work, keeping }: Job): Promise<void> {
    const called = AbortSignal.any([work.signal, this.#life.signal]);
    for (;;) {
      const until = await this.#preload(track, called);
      const lastsMs = until === null ? null : until - Date.now();
      if (lastsMs === null || lastsMs < SHORTEST_MS) return;
      await sleep(lastsMs, AbortSignal.any([called, keeping.signal]));
    }
  }
}

/** What comes within the next minutes: one track, and more of them the shorter they are. A length that is not known is long. */
function nearest(upcoming: readonly QueueEntry[]): readonly QueueEntry[] {
  const soon: QueueEntry[] = [];
  let beginsInMs = 0;
  for (const entry of upcoming) {
    if (soon.length === MOST || beginsInMs >= COVER_MS) break;
    soon.push(entry);
    beginsInMs += entry.track.durationMs ?? COVER_MS;
  }
  return soon;
}
