/**
 * Where what must not be lost is kept. Strict on purpose: a write that did not reach the disk rejects, and a read that
 * failed is never mistaken for "nothing there". Keys look like `queue:<guild id>:head`; values are plain JSON.
 */
export interface Store {
  /** The value, or undefined when there is none. Rejects when it could not be read. */
  get<T>(key: string): Promise<T | undefined>;
  /** The values in the order of the keys. */
  getMany<T>(keys: readonly string[]): Promise<(T | undefined)[]>;
  /** Resolves when the value would survive a power cut. `ttlMs`: forgotten after that many milliseconds. */
  set(key: string, value: unknown, ttlMs?: number): Promise<void>;
  /** All or none. */
  setMany(entries: readonly { readonly key: string; readonly value: unknown }[]): Promise<void>;
  /** Deleting what is not there is no error. */
  deleteMany(keys: readonly string[]): Promise<void>;
  /** Every living key that begins with `prefix`, in no promised order. */
  keys(prefix: string): Promise<string[]>;
  /** Waits for writes under way, then lets go of the files. Calls after that reject. */
  close(): Promise<void>;
}
