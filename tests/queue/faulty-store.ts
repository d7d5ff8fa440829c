import { MemoryStore } from '../../src/storage/memory-store.ts';
import type { Store } from '../../src/storage/store.ts';

type Fault = 'none' | 'refuse' | 'write-and-say-no' | 'hold' | 'dead';

const NEVER = new Promise<never>(() => undefined);

/** A store whose writes fail as told: not at all, cleanly, or after all having reached the disk; or wait until let go. */
export class FaultyStore implements Store {
  readonly inner: MemoryStore;
  /** The keys of each write. */
  readonly writes: string[][] = [];
  /** Everything that reached the disk, in order, as steps that can be done again. */
  readonly steps: { readonly type: 'write' | 'delete'; readonly keys: string[]; again(store: Store): Promise<void> }[] =
    [];
  fault: Fault = 'none';
  #held: (() => void)[] = [];

  constructor(disk = new MemoryStore()) {
    this.inner = disk;
  }

  /** Kills the process that writes here, between two writes: none of its own comes any more. The next one finds the disk in what is returned. */
  crash(): FaultyStore {
    this.fault = 'dead';
    return new FaultyStore(this.inner);
  }

  get<T>(key: string): Promise<T | undefined> {
    return this.inner.get<T>(key);
  }

  getMany<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    return this.inner.getMany<T>(keys);
  }

  async set(key: string, value: unknown): Promise<void> {
    await this.#write([key], (store) => store.set(key, value));
  }

  async setMany(entries: readonly { readonly key: string; readonly value: unknown }[]): Promise<void> {
    await this.#write(
      entries.map(({ key }) => key),
      (store) => store.setMany(entries),
    );
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    if (this.fault === 'refuse') throw new Error('disk full');
    if (this.fault === 'dead') await NEVER;
    for (const key of keys) {
      this.steps.push({ type: 'delete', keys: [key], again: (store) => store.deleteMany([key]) });
    }
    await this.inner.deleteMany(keys);
  }

  keys(prefix: string): Promise<string[]> {
    return this.inner.keys(prefix);
  }

  async close(): Promise<void> {}

  /** How many writes wait to be let go. */
  get held(): number {
    return this.#held.length;
  }

  /** Lets the writes that were held go on, and holds no more. */
  release(): void {
    this.fault = 'none';
    for (const go of this.#held.splice(0)) go();
  }

  async #write(keys: string[], write: (store: Store) => Promise<void>): Promise<void> {
    const { fault } = this;
    if (fault === 'refuse') throw new Error('disk full');
    if (fault === 'dead') await NEVER;
    if (fault === 'hold') await new Promise<void>((resolve) => this.#held.push(resolve));
    this.writes.push(keys);
    this.steps.push({ type: 'write', keys, again: write });
    await write(this.inner);
    if (fault === 'write-and-say-no') throw new Error('no answer');
  }
}
