import type { Store } from '../storage/store.ts';
import { applyOperation, restarts, type QueueOperation } from './queue-operations.ts';
import { paginate, type Page } from './queue-pages.ts';
import { RECORD_VERSION, type HeadRecord } from './queue-records.ts';
import { EMPTY_QUEUE, type Queue } from './queue.ts';

/** A queue and where it stands in its journal. */
export interface Recorded {
  readonly queue: Queue;
  /** The number of the last operation in it; the first ever is 1. */
  readonly seq: number;
  /** The number of the operation that last made an entry play from its beginning: a position noted in another turn is void. */
  readonly turn: number;
}

export const NOTHING_RECORDED: Recorded = { queue: EMPTY_QUEUE, seq: 0, turn: 0 };

/** What the last snapshot wrote. */
export interface Snapshot {
  readonly seq: number;
  readonly pages: readonly Page[];
}

/** A playlist is stored as operations of at most this many entries, so that no record grows without bound. */
const ENTRIES_PER_OPERATION = 500;
const OPERATIONS_PER_SNAPSHOT = 256;
/** Pages turned into JSON at a time; the 20 ms audio clock runs on the same thread. */
const PAGES_PER_WRITE = 4;

/** The keys of a guild's journal. */
export function journalKeys(guildId: string) {
  const prefix = `queue:${guildId}:`;
  return {
    prefix,
    head: `${prefix}head`,
    page: (id: number) => `${prefix}p:${id}`,
    operation: (seq: number) => `${prefix}o:${seq}`,
  };
}

/** What follows when `operation` is recorded next. */
export function follow(recorded: Recorded, operation: QueueOperation): Recorded {
  const seq = recorded.seq + 1;
  const queue = applyOperation(recorded.queue, operation);
  return { queue, seq, turn: restarts(operation, recorded.queue, queue) ? seq : recorded.turn };
}

/**
 * Makes a guild's queue durable: each operation is one small record, whatever the length of the queue; now and then a
 * snapshot writes the pages that changed, then a head that names them (the commit point), then drops what is in them.
 * A process that dies anywhere in between leaves only rubbish that the next recovery sweeps.
 */
export class QueueJournal {
  readonly #store: Store;
  readonly #keys: ReturnType<typeof journalKeys>;
  readonly #problem: (error: unknown) => void;
  #snapshot: Snapshot;
  #nextPage: number;
  #nextSnapshotAt: number;
  #writing: Promise<void> = Promise.resolve();
  /** Operations whose write failed: they may still have reached the disk, and must not follow a later one. */
  #doubtful: string[] = [];

  constructor(
    store: Store,
    guildId: string,
    problem: (error: unknown) => void,
    start: { readonly snapshot: Snapshot; readonly nextPage: number } = {
      snapshot: { seq: 0, pages: [] },
      nextPage: 1,
    },
  ) {
    this.#store = store;
    this.#keys = journalKeys(guildId);
    this.#problem = problem;
    this.#snapshot = start.snapshot;
    this.#nextPage = start.nextPage;
    this.#nextSnapshotAt = start.snapshot.seq + OPERATIONS_PER_SNAPSHOT;
  }

  /** Durable when it resolves, all of it or nothing. One call at a time, each with what the one before returned. */
  async append(recorded: Recorded, operation: QueueOperation): Promise<Recorded> {
    const entries: { key: string; value: unknown }[] = [];
    let after = recorded;
    for (const part of inParts(operation)) {
      after = follow(after, part);
      entries.push({ key: this.#keys.operation(after.seq), value: { version: RECORD_VERSION, operation: part } });
    }
    await this.#write(entries);
    if (after.seq >= this.#nextSnapshotAt) this.#snapshotLater(after);
    return after;
  }

  /** Writes a snapshot now. */
  async snapshot(recorded: Recorded): Promise<void> {
    await this.#writing;
    await this.#writeSnapshot(recorded);
  }

  /** Resolves when no snapshot is under way. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(entries: readonly { readonly key: string; readonly value: unknown }[]): Promise<void> {
    if (this.#doubtful.length > 0) await this.#store.deleteMany(this.#doubtful);
    this.#doubtful = entries.map(({ key }) => key);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined) await this.#store.set(first.key, first.value);
    else await this.#store.setMany(entries);
    this.#doubtful = [];
  }

  #snapshotLater(recorded: Recorded): void {
    this.#nextSnapshotAt = recorded.seq + OPERATIONS_PER_SNAPSHOT;
    this.#writing = this.#writing.then(() => this.#writeSnapshot(recorded)).catch(this.#problem);
  }

  async #writeSnapshot({ queue, seq, turn }: Recorded): Promise<void> {
    const old = this.#snapshot;
    const { pages, fresh } = paginate(old.pages, queue.upcoming, this.#nextPage);
    // Never used twice, even when this snapshot fails: its head may have reached the disk all the same.
    this.#nextPage += fresh.length;
    for (let from = 0; from < fresh.length; from += PAGES_PER_WRITE) {
      const some = fresh.slice(from, from + PAGES_PER_WRITE);
      await this.#store.setMany(
        some.map(({ id, entries }) => ({ key: this.#keys.page(id), value: { version: RECORD_VERSION, entries } })),
      );
    }
    const { current, loop } = queue;
    const head: HeadRecord = { version: RECORD_VERSION, seq, turn, pages: pages.map(({ id }) => id), current, loop };
    await this.#store.set(this.#keys.head, head);
    this.#snapshot = { seq, pages };

    const kept = new Set(pages);
    const operations = Array.from({ length: seq - old.seq }, (_, index) => this.#keys.operation(old.seq + 1 + index));
    const replaced = old.pages.filter((page) => !kept.has(page)).map(({ id }) => this.#keys.page(id));
    await this.#store.deleteMany([...operations, ...replaced]);
  }
}

function inParts(operation: QueueOperation): readonly QueueOperation[] {
  if (operation.type !== 'add' || operation.entries.length <= ENTRIES_PER_OPERATION) return [operation];
  const parts: QueueOperation[] = [];
  for (let from = 0; from < operation.entries.length; from += ENTRIES_PER_OPERATION) {
    parts.push({ ...operation, entries: operation.entries.slice(from, from + ENTRIES_PER_OPERATION) });
  }
  return parts;
}
