import type { QueueEntry } from './queue.ts';

/** A stretch of the upcoming entries, stored under its own id and never changed once a head names it. */
export interface Page {
  readonly id: number;
  readonly entries: readonly QueueEntry[];
}

/** The most entries that a page holds. */
const PAGE_SIZE = 128;
/** Emptier pages are written anew with their neighbours, so that removals cannot leave a trail of crumbs. */
const WORTH_KEEPING = PAGE_SIZE / 2;

/**
 * `upcoming` as pages: those of `old` that still stand in it as they were keep their id, only the rest is fresh
 * (ids from `nextId`). So a snapshot costs what changed, wherever in the queue that was, and not the whole queue.
 */
export function paginate(
  old: readonly Page[],
  upcoming: readonly QueueEntry[],
  nextId: number,
): { readonly pages: readonly Page[]; readonly fresh: readonly Page[] } {
  const keepable = new Map<QueueEntry, Page>();
  for (const page of old) {
    const [first] = page.entries;
    if (first !== undefined && page.entries.length >= WORTH_KEEPING) keepable.set(first, page);
  }

  const pages: Page[] = [];
  const fresh: Page[] = [];
  let loose: QueueEntry[] = [];
  const bind = () => {
    if (loose.length === 0) return;
    const page = { id: nextId + fresh.length, entries: loose };
    fresh.push(page);
    pages.push(page);
    loose = [];
  };

  for (let index = 0; index < upcoming.length;) {
    const entry = upcoming[index];
    if (entry === undefined) break;
    const page = keepable.get(entry);
    if (page?.entries.every((kept, offset) => kept === upcoming[index + offset])) {
      bind();
      pages.push(page);
      index += page.entries.length;
    } else {
      loose.push(entry);
      if (loose.length === PAGE_SIZE) bind();
      index += 1;
    }
  }
  bind();
  return { pages, fresh };
}
