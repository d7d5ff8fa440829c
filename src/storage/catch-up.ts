import { later } from '../lib/time.ts';
import type { Store } from './store.ts';
import type { UnsavedWrites } from './unsaved-writes.ts';
import { perform } from './write.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** Characters at a time: making JSON of more would stop the 20 ms audio clock, which runs on the same thread. */
const BATCH = 128 * 1_024;

interface CatchUpParts {
  readonly store: Store;
  readonly unsaved: UnsavedWrites;
  /** Nothing waits any more; called in the turn in which that became so. */
  readonly finished: () => void;
  readonly failed: (error: unknown) => void;
}

/** Brings what waits to the disk: tries again and again until it is there, or until `life` ends. */
export function catchUpLater(parts: CatchUpParts, life: AbortSignal, tries = 0): void {
  const delay = Math.min(FIRST_RETRY_MS * 2 ** tries, LONGEST_RETRY_MS) * (1 + Math.random() / 4);
  later(delay, life, () => {
    catchUp(parts, life).catch((error: unknown) => {
      if (life.aborted) return;
      parts.failed(error);
      catchUpLater(parts, life, tries + 1);
    });
  });
}

async function catchUp({ store, unsaved, finished }: CatchUpParts, life: AbortSignal): Promise<void> {
  // What is written meanwhile waits too.
  while (unsaved.size > 0) await writeBack(store, unsaved, life);
  if (!life.aborted) finished();
}

/** Writes until nothing waits. Rejects when the store does; what was written until then does not wait any more. */
export async function writeBack(store: Store, unsaved: UnsavedWrites, life?: AbortSignal): Promise<void> {
  // One value first: a disk that takes no more refuses that as well as many.
  for (let batch = unsaved.next(0); batch !== null; batch = unsaved.next(BATCH)) {
    life?.throwIfAborted();
    await perform(store, batch.write);
    batch.done();
  }
}
