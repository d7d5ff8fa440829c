import { follow, journalKeys, NOTHING_RECORDED, type Recorded, type Snapshot } from './queue-journal.ts';
import { RECORD_VERSION } from './queue-migrations.ts';
import type { Page } from './queue-pages.ts';
import { readHead, readOperation, readPage, type HeadRecord, type Reading } from './queue-records.ts';
import type { QueueEntry } from './queue.ts';
import type { Strange } from './set-aside.ts';

/** What the records of a guild's journal say. */
export interface Recovery {
  readonly recorded: Recorded;
  readonly snapshot: Snapshot;
  /** The lowest page id that was never used. */
  readonly nextPage: number;
  readonly strange: readonly Strange[];
  /** Keys of records that mean nothing any more, or will not once the strange ones are set aside. */
  readonly obsolete: readonly string[];
}

/** Records of one guild, by key. */
export type Records = ReadonlyMap<string, unknown>;

const NO_SNAPSHOT: Snapshot = { seq: 0, pages: new Set() };

/**
 * Reads a guild's queue from the records of its journal: the head, then the pages that it names, then the operations
 * after it up to the first gap. What cannot be understood is `strange`, and the rest plays.
 */
export function recoverQueue(guildId: string, records: Records): Recovery {
  const names = journalKeys(guildId);
  const head = records.has(names.head) ? readHead(records.get(names.head)) : NO_HEAD;
  if (head.value === null) return nothingUnderstood(records, 'the head of the queue cannot be read');
  const { run, beyond } = untilGap(numbers(records, names.operations), head.value.seq);
  // Without a head, all operations since the first must be there, or nobody knows the order of the pages.
  if (head === NO_HEAD && run.length === 0) return nothingUnderstood(records, 'the head of the queue is missing');

  const strange: Strange[] = [];
  const note = (key: string, why: string) => strange.push({ key, value: records.get(key), why });
  if (!head.complete) note(names.head, 'something in the head of the queue cannot be read');
  const pages = readPages(head.value, (id) => {
    const page = readPage(records.get(names.page(id)));
    if (!page.complete) note(names.page(id), 'tracks in it cannot be read');
    return page.value;
  });

  let recorded = recordedIn(head.value, pages);
  for (const seq of run) {
    const operation = readOperation(records.get(names.operation(seq)));
    if (!operation.complete) note(names.operation(seq), 'the operation cannot be read');
    recorded = operation.value === null ? { ...recorded, seq } : follow(recorded, operation.value);
  }
  for (const seq of beyond) note(names.operation(seq), 'an operation before it is missing');

  const pageIds = numbers(records, names.pages);
  const live = new Set([...Array.from(pages.keys(), names.page), ...run.map(names.operation)]);
  const stored = [...pageIds.map(names.page), ...numbers(records, names.operations).map(names.operation)];
  const whole = strange.length === 0;
  return {
    recorded,
    // A page that lost a track must not be taken for one that can stay as it is.
    snapshot: { seq: head.value.seq, pages: new Set(whole ? pages.values() : []) },
    nextPage: Math.max(0, ...pageIds, ...pages.keys()) + 1,
    strange,
    obsolete: whole ? stored.filter((key) => !live.has(key)) : stored,
  };
}

/** Nothing of it can be played: the guild begins anew, and nothing of the old is destroyed. */
export function nothingUnderstood(records: Records, why: string): Recovery {
  return {
    recorded: NOTHING_RECORDED,
    snapshot: NO_SNAPSHOT,
    nextPage: 1,
    strange: Array.from(records, ([key, value]) => ({ key, value, why })),
    obsolete: [...records.keys()],
  };
}

const NO_HEAD: Reading<HeadRecord> = {
  value: {
    version: RECORD_VERSION,
    seq: 0,
    turn: 0,
    pages: [],
    loop: 'off',
    current: null,
    history: [],
    undoable: null,
  },
  complete: true,
};

/** The pages that a head names, each once, so that what is in two lists stays the same entries. */
function readPages(
  { pages, undoable }: HeadRecord,
  read: (id: number) => readonly QueueEntry[],
): ReadonlyMap<number, Page> {
  const ids = new Set([...pages, ...(undoable?.pages ?? [])]);
  return new Map(Array.from(ids, (id) => [id, { id, entries: read(id) }]));
}

function recordedIn(head: HeadRecord, pages: ReadonlyMap<number, Page>): Recorded {
  const { seq, turn, current, loop, history, undoable } = head;
  const entriesOf = (ids: readonly number[]) => ids.flatMap((id) => pages.get(id)?.entries ?? []);
  const upcoming = entriesOf(head.pages);
  const back = undoable && { what: undoable.what, upcoming: entriesOf(undoable.pages), since: undoable.since };
  return { queue: { current, upcoming, loop, history, undoable: back }, seq, turn };
}

/** The numbers of the records whose keys begin with `prefix`. */
function numbers(records: Records, prefix: string): number[] {
  return Array.from(records.keys())
    .filter((key) => key.startsWith(prefix))
    .map((key) => Number(key.slice(prefix.length)))
    .filter((number) => Number.isSafeInteger(number));
}

/** The numbers above `start` that follow it without a gap, and those beyond the gap. */
function untilGap(all: readonly number[], start: number): { run: readonly number[]; beyond: readonly number[] } {
  const later = all.filter((number) => number > start).sort((a, b) => a - b);
  const gap = later.findIndex((number, index) => number !== start + 1 + index);
  return gap === -1 ? { run: later, beyond: [] } : { run: later.slice(0, gap), beyond: later.slice(gap) };
}
