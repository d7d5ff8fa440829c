import type { Store } from '../storage/store.ts';
import { follow, journalKeys, NOTHING_RECORDED, QueueJournal, type Recorded } from './queue-journal.ts';
import type { Page } from './queue-pages.ts';
import { EMPTY_QUEUE } from './queue.ts';
import { readEntry, readHead, readOperation, readPage, type HeadRecord } from './queue-records.ts';

/** A record that was not understood, in whole or in part, and why. */
export interface Strange {
  readonly key: string;
  readonly value: unknown;
  readonly why: string;
}

export interface Recovery {
  readonly journal: QueueJournal;
  readonly recorded: Recorded;
  readonly strange: readonly Strange[];
}

/**
 * Reads a guild's queue back from `keys`, all its keys that begin with the journal's prefix: head, then pages, then the
 * operations after the head up to the first gap. What cannot be understood is set aside and the rest plays.
 */
export async function recoverQueue(
  store: Store,
  guildId: string,
  keys: readonly string[],
  problem: (error: unknown) => void,
): Promise<Recovery> {
  const names = journalKeys(guildId);
  const stored = await store.get<unknown>(names.head);
  const head = stored === undefined ? NO_HEAD : readHead(stored);
  if (head === null) return await setAllAside(store, guildId, keys, problem);

  const strange: Strange[] = [];
  const { pages, current } = await readSnapshot(store, guildId, head, strange);
  const upcoming = pages.flatMap(({ entries }) => entries);
  const atHead: Recorded = {
    queue: { ...EMPTY_QUEUE, current, upcoming, loop: head.loop },
    seq: head.seq,
    turn: head.turn,
  };

  const { run, beyond } = untilGap(numbers(keys, `${names.prefix}o:`), head.seq);
  const recorded = await replay(store, guildId, atHead, run, strange);
  const unreachable = beyond.map(names.operation);
  for (const [index, value] of (await store.getMany<unknown>(unreachable)).entries()) {
    strange.push({ key: unreachable[index] ?? '', value, why: 'an operation before it is missing' });
  }

  const nextPage = Math.max(0, ...numbers(keys, `${names.prefix}p:`)) + 1;
  const whole = strange.length === 0;
  // A page that lost a track must not be taken for one that can stay as it is.
  const journal = new QueueJournal(store, guildId, problem, {
    snapshot: { seq: head.seq, pages: whole ? pages : [] },
    nextPage,
  });
  await keepAside(store, strange);
  if (!whole) await journal.snapshot(recorded);
  const live = new Set([names.head, ...(whole ? [...head.pages.map(names.page), ...run.map(names.operation)] : [])]);
  await store.deleteMany(keys.filter((key) => !live.has(key)));
  return { journal, recorded, strange };
}

const NO_HEAD: HeadRecord = { version: 1, seq: 0, turn: 0, pages: [], current: null, loop: 'off' };

async function readSnapshot(store: Store, guildId: string, head: HeadRecord, strange: Strange[]) {
  const names = journalKeys(guildId);
  const values = await store.getMany<unknown>(head.pages.map(names.page));
  const pages = head.pages.map((id, index): Page => {
    const page = readPage(values[index]);
    if (!page.complete) strange.push({ key: names.page(id), value: values[index], why: 'tracks in it cannot be read' });
    return { id, entries: page.value };
  });
  const current = head.current === null ? null : readEntry(head.current);
  if (current === null && head.current !== null) {
    strange.push({ key: names.head, value: head, why: 'the current track cannot be read' });
  }
  return { pages, current };
}

async function replay(store: Store, guildId: string, from: Recorded, run: readonly number[], strange: Strange[]) {
  const names = journalKeys(guildId);
  let recorded = from;
  const values = await store.getMany<unknown>(run.map(names.operation));
  for (const [index, seq] of run.entries()) {
    const operation = readOperation(values[index]);
    if (!operation.complete) {
      strange.push({ key: names.operation(seq), value: values[index], why: 'the operation cannot be read' });
    }
    recorded = operation.value === null ? { ...recorded, seq } : follow(recorded, operation.value);
  }
  return recorded;
}

/** Without a head nobody knows the order of the pages: the guild begins anew, and nothing of the old is destroyed. */
async function setAllAside(
  store: Store,
  guildId: string,
  keys: readonly string[],
  problem: (error: unknown) => void,
): Promise<Recovery> {
  const values = await store.getMany<unknown>(keys);
  const strange = keys.map((key, index) => ({
    key,
    value: values[index],
    why: 'the head of the queue cannot be read',
  }));
  await keepAside(store, strange);
  await store.deleteMany(keys);
  return { journal: new QueueJournal(store, guildId, problem), recorded: NOTHING_RECORDED, strange };
}

/** Copies records to where nothing reads or deletes them, with a note. */
export async function keepAside(store: Store, strange: readonly Strange[]): Promise<void> {
  if (strange.length === 0) return;
  const at = Date.now();
  await store.setMany(
    strange.map(({ key, value, why }) => ({ key: `set-aside:${at}:${key}`, value: { why, at, value: value ?? null } })),
  );
}

function numbers(keys: readonly string[], prefix: string): number[] {
  return keys
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
