import type { QueueEntry } from './queue.ts';

/** A stretch of the upcoming entries, stored under its own id and never changed once a head names it. */
export interface Page {
  readonly id: number;
  readonly entries: readonly QueueEntry[];
}

/** The most entries that a page holds. */
const PAGE_SIZE = 128;
/** An emptier page is a crumb: written anew with what changes beside it, so that removals cannot leave a trail of them. */
const CRUMB_BELOW = PAGE_SIZE / 2;

/** Pages in the order of the entries; `fresh`: those of them that are not stored yet. */
export interface Paginated {
  readonly pages: readonly Page[];
  readonly fresh: readonly Page[];
}

/**
 * `entries` as pages: those of `old` that still stand in it as they were keep their id, only the rest is fresh
 * (ids from `nextId`). So a snapshot costs what changed, wherever in the queue that was, and not the whole queue.
 */
export function paginate(old: Iterable<Page>, entries: readonly QueueEntry[], nextId: number): Paginated {
  const byFirst = Map.groupBy(old, ({ entries: [first] }) => first);
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
  const besideCrumb = () => (pages.at(-1)?.entries.length ?? PAGE_SIZE) < CRUMB_BELOW;
  const loosen = (entry: QueueEntry) => {
    if (loose.length === 0 && besideCrumb()) loose = [...(pages.pop()?.entries ?? [])];
    loose.push(entry);
    if (loose.length === PAGE_SIZE) bind();
  };

  for (let index = 0; index < entries.length;) {
    const page = standing(byFirst.get(entries[index]), entries, index);
    const kept = page !== undefined && (page.entries.length >= CRUMB_BELOW || (loose.length === 0 && !besideCrumb()));
    const stretch = page?.entries ?? entries.slice(index, index + 1);
    if (kept) {
      bind();
      pages.push(page);
    } else {
      for (const entry of stretch) loosen(entry);
    }
    index += stretch.length;
  }
  bind();
  return { pages, fresh };
}

/** The longest page whose entries stand in `entries` from `index` on. */
function standing(pages: readonly Page[] | undefined, entries: readonly QueueEntry[], index: number): Page | undefined {
  const found = pages?.filter((page) => page.entries.every((entry, offset) => entry === entries[index + offset]));
  return found?.toSorted((a, b) => b.entries.length - a.entries.length)[0];
}
