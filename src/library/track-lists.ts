import { randomUUID } from 'node:crypto';
import { TenutoError } from '../lib/errors.ts';
import { KeyedLock } from '../lib/keyed-lock.ts';
import { setAside } from '../queue/set-aside.ts';
import type { Track } from '../sources/source.ts';
import type { Store } from '../storage/store.ts';
import { KeptPages } from './kept-pages.ts';
import { ListHeads } from './list-heads.ts';
import { appended, tracksIn, type ListPage } from './list-pages.ts';
import {
  HEAD_KEYS,
  headKey,
  headRecord,
  pageKey,
  pageRecord,
  readHead,
  readPage,
  type ListHead,
} from './list-records.ts';

export interface TrackListsOptions {
  readonly store: Store;
  /** A record that was not understood. It stays where it is, or is set aside before anything takes its place. */
  readonly strange: (key: string) => void;
}

/** What a list becomes; the very same: nothing is written. */
type Edit = (pages: readonly ListPage[]) => readonly ListPage[];
/** Throws when the owner may not have such a list beside those that there are. */
type Admit = (owned: readonly ListHead[]) => void;

const HEADS_PER_READ = 64;

/**
 * Lists of tracks, each of one person, durable when a promise resolves: a write that failed throws STORAGE_FAILED and has
 * changed nothing. The heads are in memory; a change writes its list's head and the pages that it changed, all or nothing.
 */
export class TrackLists {
  readonly #store: Store;
  readonly #strange: TrackListsOptions['strange'];
  readonly #heads = new ListHeads();
  readonly #kept = new KeptPages();
  readonly #lock = new KeyedLock();
  readonly #reading = new Set<string>();

  constructor({ store, strange }: TrackListsOptions) {
    this.#store = store;
    this.#strange = strange;
  }

  /** Reads the heads back; call it once, before anything else. Rejects when the store cannot be read. */
  async load(): Promise<void> {
    const keys = await this.#store.keys(HEAD_KEYS);
    for (let from = 0; from < keys.length; from += HEADS_PER_READ) {
      const some = keys.slice(from, from + HEADS_PER_READ);
      const values = await this.#store.getMany<unknown>(some);
      for (const [index, key] of some.entries()) this.#recall(key, values[index]);
    }
  }

  /** In no promised order. */
  owned(ownerId: string): readonly ListHead[] {
    return this.#heads.owned(ownerId);
  }

  sharedIn(guildId: string): readonly ListHead[] {
    return this.#heads.sharedIn(guildId);
  }

  /** Throws STORAGE_UNREAD when the disk does not give them. */
  async tracks(list: ListHead): Promise<readonly Track[]> {
    return tracksIn(await this.#pages(list));
  }

  /** The same without waiting; of what was not read lately nothing, and it is read for the next time. */
  known(list: ListHead): readonly Track[] {
    const pages = this.#kept.get(list.id);
    if (pages === undefined) void this.#readAhead(list);
    return pages === undefined ? [] : tracksIn(pages);
  }

  async create(
    list: Pick<ListHead, 'ownerId' | 'kind' | 'name'>,
    tracks: readonly Track[],
    admit: Admit,
  ): Promise<ListHead> {
    return await this.#lock.run(list.ownerId, async () => {
      admit(this.owned(list.ownerId));
      const head = { ...list, id: randomUUID(), sharedIn: [], pages: [] };
      return await this.#write(head, [], appended([], tracks));
    });
  }

  /** Changes what a list is called, or where it is shared. Throws NO_SUCH_PLAYLIST when it is gone by then. */
  async describe(
    list: ListHead,
    change: Partial<Pick<ListHead, 'name' | 'sharedIn'>>,
    admit: Admit,
  ): Promise<ListHead> {
    return await this.#lock.run(list.ownerId, async () => {
      admit(this.owned(list.ownerId).filter(({ id }) => id !== list.id));
      const head = { ...this.#current(list), ...change };
      await durable(this.#store.setMany([headRecord(head)]));
      this.#heads.set(head);
      return head;
    });
  }

  /** Changes what is in a list. Throws NO_SUCH_PLAYLIST when it is gone by then. */
  async edit(list: ListHead, edit: Edit): Promise<ListHead> {
    return await this.#lock.run(list.ownerId, async () => {
      const head = this.#current(list);
      const pages = await this.#pages(head);
      const next = edit(pages);
      return next === pages ? head : await this.#write(head, pages, next);
    });
  }

  async delete(list: ListHead): Promise<void> {
    await this.#lock.run(list.ownerId, async () => {
      const head = this.#current(list);
      await durable(this.#store.deleteMany([headKey(head.ownerId, head.id), ...pageKeys(head)]));
      this.#heads.delete(head);
      this.#kept.delete(head.id);
    });
  }

  /** What cannot be read now, whoever opens it is told. */
  async #readAhead(list: ListHead): Promise<void> {
    if (this.#reading.has(list.id)) return;
    this.#reading.add(list.id);
    await this.#pages(list).catch(() => undefined);
    this.#reading.delete(list.id);
  }

  #recall(key: string, value: unknown): void {
    const head = readHead(value);
    if (head !== null && headKey(head.ownerId, head.id) === key) this.#heads.set(head);
    else if (value !== undefined) this.#strange(key);
  }

  #current(list: ListHead): ListHead {
    const head = this.#heads.get(list);
    if (head === undefined) throw new TenutoError('NO_SUCH_PLAYLIST');
    return head;
  }

  async #pages(head: ListHead): Promise<readonly ListPage[]> {
    const kept = this.#kept.get(head.id);
    if (kept !== undefined) return kept;
    const keys = pageKeys(head);
    const values = await this.#store.getMany<unknown>(keys).catch((error: unknown) => {
      throw new TenutoError('STORAGE_UNREAD', '', { cause: error });
    });
    const pages = head.pages.map(({ id }, index) => ({ id, ...readPage(values[index]) }));
    for (const [index, { strange }] of pages.entries()) if (strange.length > 0) this.#strange(keys[index] ?? '');
    // Whoever reads beside a change must not keep what that has replaced.
    if (this.#heads.get(head) === head) this.#kept.set(head.id, pages);
    return pages;
  }

  /** The head last in what is written together, and what no page holds any more goes when it is durable. */
  async #write(before: ListHead, old: readonly ListPage[], pages: readonly ListPage[]): Promise<ListHead> {
    const head = { ...before, pages: pages.map(({ id, tracks }) => ({ id, tracks: tracks.length })) };
    const fresh = pages.filter((page) => !old.includes(page));
    const gone = old.filter(({ id }) => !pages.some((page) => page.id === id));
    const replaced = old.filter((page) => !pages.includes(page));
    const strange = replaced.flatMap(({ id, strange: values }) =>
      values.map((value) => ({ key: pageKey(head.ownerId, head.id, id), value, why: 'the track cannot be read' })),
    );
    const written = fresh.map((page) => ({ ...page, strange: [] }));
    await durable(setAside(this.#store, strange));
    await durable(
      this.#store.setMany([...written.map(({ id, tracks }) => pageRecord(head, id, tracks)), headRecord(head)]),
    );
    this.#heads.set(head);
    this.#kept.set(
      head.id,
      pages.map((page) => written[fresh.indexOf(page)] ?? page),
    );
    // What stays behind when this fails is in nobody's way.
    const keys = gone.map(({ id }) => pageKey(head.ownerId, head.id, id));
    await this.#store.deleteMany(keys).catch(() => undefined);
    return head;
  }
}

const pageKeys = ({ ownerId, id, pages }: ListHead): string[] => pages.map((page) => pageKey(ownerId, id, page.id));

async function durable(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw new TenutoError('STORAGE_FAILED', '', { cause: error });
  }
}
