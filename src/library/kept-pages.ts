import type { ListPage } from './list-pages.ts';

/** Enough for the lists of many people who listen, and some ten megabytes at most. */
const MOST_TRACKS = 20_000;

/** Lists that were read lately, for whoever cannot wait for the disk: the longest unused go first. */
export class KeptPages {
  readonly #lists = new Map<string, readonly ListPage[]>();
  readonly #most: number;
  #tracks = 0;

  constructor(most = MOST_TRACKS) {
    this.#most = most;
  }

  get(listId: string): readonly ListPage[] | undefined {
    const pages = this.#lists.get(listId);
    if (pages === undefined) return undefined;
    this.#lists.delete(listId);
    this.#lists.set(listId, pages);
    return pages;
  }

  set(listId: string, pages: readonly ListPage[]): void {
    this.delete(listId);
    this.#lists.set(listId, pages);
    this.#tracks += count(pages);
    for (const [oldest, one] of this.#lists) {
      if (this.#tracks <= this.#most) return;
      this.#lists.delete(oldest);
      this.#tracks -= count(one);
    }
  }

  delete(listId: string): void {
    this.#tracks -= count(this.#lists.get(listId) ?? []);
    this.#lists.delete(listId);
  }
}

const count = (pages: readonly ListPage[]): number => pages.reduce((sum, { tracks }) => sum + tracks.length, 0);
