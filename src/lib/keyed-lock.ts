import { AsyncQueue } from '@sapphire/async-queue';

/** One lock per key: tasks of a key run one after the other, in the order of their calls. Hold it around decisions, not around waits. */
export class KeyedLock {
  readonly #queues = new Map<string, AsyncQueue>();

  /** Runs `task` when all earlier tasks of `key` have ended. Rejects with the signal's reason if that is aborted while waiting. */
  async run<T>(key: string, task: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const queue = this.#queues.get(key) ?? new AsyncQueue();
    this.#queues.set(key, queue);
    try {
      await queue.wait(signal ? { signal } : undefined);
    } catch (error) {
      // The queue rejects with its own "Request aborted manually"; the caller's reason says more.
      throw signal?.aborted ? signal.reason : error;
    }
    try {
      return await task();
    } finally {
      queue.shift();
      if (queue.remaining === 0) this.#queues.delete(key);
    }
  }
}
