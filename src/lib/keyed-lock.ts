import { AsyncQueue } from '@sapphire/async-queue';

/** Tasks run one after the other, in the order of their calls. Hold it around decisions, not around waits. */
export class Lock {
  readonly #queue = new AsyncQueue();

  /** True when no task runs or waits. */
  get free(): boolean {
    return this.#queue.remaining === 0;
  }

  /** Runs `task` when all earlier tasks have ended. Rejects with the signal's reason if that is aborted while waiting. */
  async run<T>(task: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    try {
      await this.#queue.wait(signal ? { signal } : undefined);
    } catch (error) {
      // The queue rejects with its own "Request aborted manually"; the caller's reason says more.
      throw signal?.aborted ? signal.reason : error;
    }
    try {
      return await task();
    } finally {
      this.#queue.shift();
    }
  }
}

/** One lock per key: tasks of a key wait for each other, and for nobody else. */
export class KeyedLock {
  readonly #locks = new Map<string, Lock>();

  /** Runs `task` when all earlier tasks of `key` have ended. Rejects with the signal's reason if that is aborted while waiting. */
  async run<T>(key: string, task: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
    const lock = this.#locks.get(key) ?? new Lock();
    this.#locks.set(key, lock);
    try {
      return await lock.run(task, signal);
    } finally {
      if (lock.free && this.#locks.get(key) === lock) this.#locks.delete(key);
    }
  }
}
