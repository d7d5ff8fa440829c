import type { ListHead } from './list-records.ts';

/** The heads of all lists, found by whoever asks for them: their owner, or a guild that they are shared in. */
export class ListHeads {
  readonly #byOwner = new Map<string, Map<string, ListHead>>();
  readonly #byGuild = new Map<string, Map<string, ListHead>>();

  owned(ownerId: string): readonly ListHead[] {
    return [...(this.#byOwner.get(ownerId)?.values() ?? [])];
  }

  sharedIn(guildId: string): readonly ListHead[] {
    return [...(this.#byGuild.get(guildId)?.values() ?? [])];
  }

  get({ ownerId, id }: Pick<ListHead, 'ownerId' | 'id'>): ListHead | undefined {
    return this.#byOwner.get(ownerId)?.get(id);
  }

  /** In place of the one with the same id, where there is one. */
  set(head: ListHead): void {
    const before = this.get(head);
    for (const guildId of before?.sharedIn ?? []) drop(this.#byGuild, guildId, head.id);
    put(this.#byOwner, head.ownerId, head);
    for (const guildId of head.sharedIn) put(this.#byGuild, guildId, head);
  }

  delete(head: ListHead): void {
    for (const guildId of this.get(head)?.sharedIn ?? []) drop(this.#byGuild, guildId, head.id);
    drop(this.#byOwner, head.ownerId, head.id);
  }
}

type Index = Map<string, Map<string, ListHead>>;

function put(index: Index, key: string, head: ListHead): void {
  const heads = index.get(key) ?? new Map<string, ListHead>();
  heads.set(head.id, head);
  index.set(key, heads);
}

function drop(index: Index, key: string, id: string): void {
  const heads = index.get(key);
  heads?.delete(id);
  if (heads?.size === 0) index.delete(key);
}
