import type { Store } from '../storage/store.ts';
import { applyOperation, restarts, type QueueOperation } from './queue-operations.ts';
import { paginate, type Page } from './queue-pages.ts';
import { RECORD_VERSION } from './queue-migrations.ts';
import type { HeadRecord } from './queue-records.ts';
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

/** The last snapshot: what it covers, and all the pages that it names. */
export interface Snapshot {
  readonly seq: number;
  readonly pages: ReadonlySet<Page>;
}

export interface JournalOptions {
  readonly store: Store;
  readonly guildId: string;
  /** Operations from one snapshot to the next. */
  readonly snapshotEvery: number;
  /** Hears of snapshots that could not be written; the next one is tried all the same. */
  readonly problem: (error: unknown) => void;
}

type Row = Parameters<Store['setMany']>[0][number];

/** A playlist is stored as operations of at most this many entries, so that no record grows without bound. */
const ENTRIES_PER_OPERATION = 500;

export const QUEUE_KEYS = 'queue:';

/** The keys of a guild's journal, and the beginnings of those that are numbered. */
export function journalKeys(guildId: string) {
  const prefix = `${QUEUE_KEYS}${guildId}:`;
  const pages = `${prefix}p:`;
  const operations = `${prefix}o:`;
  return {
    head: `${prefix}head`,
    pages,
    page: (id: number) => `${pages}${id}`,
    operations,
    operation: (seq: number) => `${operations}${seq}`,
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
  readonly #options: JournalOptions;
  readonly #keys: ReturnType<typeof journalKeys>;
  #snapshot: Snapshot;
  #nextPage: number;
  #nextSnapshotAt: number;
  #writing: Promise<void> = Promise.resolve();
  /** Operations whose write failed: they may still have reached the disk, and must not follow a later one. */
  #doubtful: string[] = [];

  constructor(options: JournalOptions, snapshot: Snapshot = { seq: 0, pages: new Set() }, nextPage = 1) {
    this.#options = options;
    this.#keys = journalKeys(options.guildId);
    this.#snapshot = snapshot;
    this.#nextPage = nextPage;
    this.#nextSnapshotAt = snapshot.seq + options.snapshotEvery;
  }

  /**
   * Durable when it resolves, all of it or nothing, `besides` included; what changes nothing is not written at all.
   * One call at a time, each with what the one before returned.
   */
  async append(recorded: Recorded, operation: QueueOperation, besides: readonly Row[] = []): Promise<Recorded> {
    const operations: Row[] = [];
    let after = recorded;
    for (const part of inParts(operation)) {
      after = follow(after, part);
      operations.push({ key: this.#keys.operation(after.seq), value: { version: RECORD_VERSION, operation: part } });
    }
    if (after.queue === recorded.queue && after.turn === recorded.turn) return recorded;
    await this.#write(operations, besides);
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

  async #write(operations: readonly Row[], besides: readonly Row[]): Promise<void> {
    const { store } = this.#options;
    await this.#takeBack();
    const rows = [...operations, ...besides];
    const [first] = rows;
    try {
      if (rows.length === 1 && first !== undefined) await store.set(first.key, first.value);
      else await store.setMany(rows);
    } catch (error) {
      this.#doubtful = operations.map(({ key }) => key);
      // At once if the disk lets us: people are told that it was not done, and that must be true after a crash.
      await this.#takeBack().catch(() => undefined);
      throw error;
    }
  }

  async #takeBack(): Promise<void> {
    if (this.#doubtful.length > 0) await this.#options.store.deleteMany(this.#doubtful);
    this.#doubtful = [];
  }

  #snapshotLater(recorded: Recorded): void {
    this.#nextSnapshotAt = recorded.seq + this.#options.snapshotEvery;
    this.#writing = this.#writing.then(() => this.#writeSnapshot(recorded)).catch(this.#options.problem);
  }

  async #writeSnapshot({ queue, seq, turn }: Recorded): Promise<void> {
    const { store } = this.#options;
    const old = this.#snapshot;
    const upcoming = paginate(old.pages, queue.upcoming, this.#nextPage);
    // What undo would bring back has most of its pages in common with what is to come, or with what was.
    const back = queue.undoable?.upcoming ?? [];
    const shared = new Set([...old.pages, ...upcoming.pages]);
    const undo = paginate(shared, back, this.#nextPage + upcoming.fresh.length);
    const fresh = [...upcoming.fresh, ...undo.fresh];
    // Never used twice, even when this snapshot fails: its head may have reached the disk all the same.
    this.#nextPage += fresh.length;
    // One at a time: each is turned into JSON on the thread of the 20 ms audio clock.
    for (const { id, entries } of fresh) await store.set(this.#keys.page(id), { version: RECORD_VERSION, entries });
    const { current, loop, history, undoable } = queue;
    const head: HeadRecord = {
      version: RECORD_VERSION,
      seq,
      turn,
      pages: idsOf(upcoming.pages),
      loop,
      current,
      history,
      undoable: undoable && { what: undoable.what, pages: idsOf(undo.pages), since: undoable.since },
    };
    await store.set(this.#keys.head, head);
    this.#snapshot = { seq, pages: new Set([...upcoming.pages, ...undo.pages]) };

    const operations = Array.from({ length: seq - old.seq }, (_, index) => this.#keys.operation(old.seq + 1 + index));
    const replaced = idsOf(old.pages.difference(this.#snapshot.pages));
    await store.deleteMany([...operations, ...replaced.map(this.#keys.page)]);
  }
}

const idsOf = (pages: Iterable<Page>): readonly number[] => Array.from(pages, ({ id }) => id);

/** A long playlist in parts that lead to the same queue. Only the last starts it, so that each knows its place. */
function inParts(operation: QueueOperation): readonly QueueOperation[] {
  if (operation.type !== 'add' || operation.entries.length <= ENTRIES_PER_OPERATION) return [operation];
  const { entries, at, start } = operation;
  const parts: QueueOperation[] = [];
  for (let from = 0; from < entries.length; from += ENTRIES_PER_OPERATION) {
    const end = from + ENTRIES_PER_OPERATION;
    parts.push({
      type: 'add',
      entries: entries.slice(from, end),
      at: at === undefined ? undefined : Math.max(0, at) + from,
      start: end >= entries.length ? start : undefined,
    });
  }
  return parts;
}
