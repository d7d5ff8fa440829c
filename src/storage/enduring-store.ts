import { EventEmitter } from 'node:events';
import { Machine } from '../lib/machine.ts';
import { every, within } from '../lib/time.ts';
import { catchUpLater, writeBack } from './catch-up.ts';
import { StoreTrouble } from './store-trouble.ts';
import type { Store } from './store.ts';
import { UnsavedWrites } from './unsaved-writes.ts';
import { isStorable, perform, type Write } from './write.ts';

/** Whether what is written can be found after a crash. `since`: milliseconds since 1970; `cause`: words for people. */
export type Saving =
  | { readonly status: 'strict' | 'saved' | 'closed' }
  | { readonly status: 'unsaved'; readonly since: number; readonly cause: string };

const LEGAL = {
  strict: ['saved', 'closed'],
  saved: ['unsaved', 'closed'],
  unsaved: ['saved', 'closed'],
  closed: [],
} as const satisfies Record<Saving['status'], readonly Saving['status'][]>;

/** Longer than any disk that works; people and the music wait no longer for one that hangs. */
const PATIENCE_MS = 2_000;
const CATCH_UP_AT_CLOSE_MS = 1_000;
const MOST_UNSAVED = 64 * 1_024 * 1_024;

interface Sent {
  readonly write: Write;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface EnduringStoreEvents {
  change: [saving: Saving];
  /** A write failed, or failed again, for this reason. */
  failed: [error: unknown];
}

/**
 * A store whose writes succeed also while its disk takes none: they are then kept in memory, as all that follow, and are
 * seen by reads. It says so (`change`), and tries until everything is on the disk. Begins strict, that is without any of
 * this: whoever reads the data back must know what is there.
 *
 * Needs of the store below that a write which it rejected takes no effect after one that came later.
 */
export class EnduringStore extends EventEmitter<EnduringStoreEvents> implements Store {
  readonly #inner: Store;
  readonly #machine = new Machine<Saving>({ status: 'strict' }, LEGAL);
  /** Writes under way, in their order. */
  readonly #sent = new Set<Sent>();
  readonly #unsaved: UnsavedWrites;
  #failures = 0;

  /** `mostUnsaved`: characters kept at most; writes beyond that reject, and change nothing. */
  constructor(inner: Store, mostUnsaved = MOST_UNSAVED) {
    super();
    this.#inner = inner;
    this.#unsaved = new UnsavedWrites(mostUnsaved);
    this.#machine.on('change', (saving) => this.emit('change', saving));
  }

  get saving(): Saving {
    return this.#machine.state;
  }

  /** Values and deletions that are not on the disk. */
  get unsaved(): number {
    return this.#unsaved.size;
  }

  /** Writes that failed so far, those tried again included. */
  get failures(): number {
    return this.#failures;
  }

  /** From now on a failure of the disk is endured. */
  endure(): void {
    this.#machine.to({ status: 'saved' });
  }

  async get<T>(key: string): Promise<T | undefined> {
    const [value] = await this.getMany<T>([key]);
    return value;
  }

  async getMany<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    this.#needOpen();
    const waiting = keys.map((key) => this.#unsaved.look(key));
    const others = keys.filter((_key, index) => waiting[index] === undefined);
    const stored = await this.#read(this.#inner.getMany<T>(others));
    let next = 0;
    // The caller names the type of what it stored under this key, as with every store.
    return waiting.map((found) => (found === undefined ? stored[next++] : (found.value as T | undefined)));
  }

  async keys(prefix: string): Promise<string[]> {
    this.#needOpen();
    const waiting = this.#unsaved.keys();
    const stored = await this.#read(this.#inner.keys(prefix));
    const living = [...waiting].filter(([key, lives]) => lives && key.startsWith(prefix)).map(([key]) => key);
    return [...stored.filter((key) => !waiting.has(key)), ...living];
  }

  async set(key: string, value: unknown, ttlMs = Infinity): Promise<void> {
    await this.#write({ type: 'put', entries: [{ key, value }], expires: Date.now() + ttlMs });
  }

  async setMany(entries: readonly { readonly key: string; readonly value: unknown }[]): Promise<void> {
    await this.#write({ type: 'put', entries, expires: Infinity });
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await this.#write({ type: 'delete', keys });
  }

  /** As every store; rejects when something is lost, and says how much. Takes three seconds at most on a disk that hangs. */
  async close(): Promise<void> {
    const { state } = this.#machine;
    if (state.status !== 'closed') this.#machine.to({ status: 'closed' });
    const late = () => new StoreTrouble('the database does not answer');
    const caughtUp = within(CATCH_UP_AT_CLOSE_MS, writeBack(this.#inner, this.#unsaved), late);
    const error = await caughtUp.then(() => null, wordsFor);
    await this.#inner.close().catch((failure: unknown) => {
      if (error === null) throw failure;
    });
    if (error !== null) throw new Error(`lost, as they could not be saved (${error}): ${this.unsaved} values`);
  }

  async #write(write: Write): Promise<void> {
    switch (this.#machine.state.status) {
      case 'strict':
        return await perform(this.#inner, write);
      case 'saved':
        return await new Promise((resolve, reject) => void this.#send({ write, resolve, reject }));
      case 'unsaved':
        return this.#unsaved.add(write);
      case 'closed':
        return this.#needOpen();
    }
  }

  async #send(sent: Sent): Promise<void> {
    this.#sent.add(sent);
    const hangs = () => this.#failed(sent, new StoreTrouble('the database does not answer'));
    const alarm = setTimeout(hangs, PATIENCE_MS);
    try {
      await perform(this.#inner, sent.write);
      this.#sent.delete(sent);
      sent.resolve();
    } catch (error) {
      this.#failed(sent, error);
    } finally {
      clearTimeout(alarm);
    }
  }

  #failed(sent: Sent, error: unknown): void {
    // Otherwise it is kept already, with another that failed.
    if (!this.#sent.has(sent)) return;
    if (this.#machine.state.status !== 'saved' || !isStorable(sent.write)) {
      this.#sent.delete(sent);
      sent.reject(error);
      return;
    }
    // All of them: of two that write the same key the later must win, and it may reach the disk although the first did not.
    for (const each of this.#sent) this.#keep(each);
    this.#sent.clear();
    this.#note(error);
    const life = this.#machine.to({ status: 'unsaved', since: Date.now(), cause: wordsFor(error) });
    const finished = () => void this.#machine.to({ status: 'saved' });
    const failed = (again: unknown) => this.#note(again);
    catchUpLater({ store: this.#inner, unsaved: this.#unsaved, finished, failed }, life);
  }

  #keep({ write, resolve, reject }: Sent): void {
    try {
      this.#unsaved.add(write);
      resolve();
    } catch (error) {
      reject(error);
    }
  }

  /** A read may wait behind a write that hangs. */
  #read<T>(work: Promise<T>): Promise<T> {
    if (this.saving.status === 'strict') return work;
    const life = new AbortController();
    const given = new Promise<never>((_resolve, reject) => {
      every(PATIENCE_MS, life.signal, () => {
        if (this.saving.status === 'unsaved') reject(new StoreTrouble(this.saving.cause));
      });
    });
    return Promise.race([work, given]).finally(() => life.abort());
  }

  #note(error: unknown): void {
    this.#failures += 1;
    this.emit('failed', error);
  }

  #needOpen(): void {
    if (this.saving.status === 'closed') throw new Error('the store is closed');
  }
}

function wordsFor(error: unknown): string {
  return error instanceof StoreTrouble ? error.message : 'the database fails';
}
