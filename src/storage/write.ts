import type { Store } from './store.ts';

/** One change of a store, all of it or nothing. `expires`: milliseconds since 1970, or Infinity. */
export type Write =
  | { readonly type: 'put'; readonly entries: readonly Entry[]; readonly expires: number }
  | { readonly type: 'delete'; readonly keys: readonly string[] };

interface Entry {
  readonly key: string;
  readonly value: unknown;
}

/** Settles as the store does. What expires is a write of one entry. */
export async function perform(store: Store, write: Write): Promise<void> {
  if (write.type === 'delete') return await store.deleteMany(write.keys);
  const [first] = write.entries;
  if (write.entries.length !== 1 || first === undefined) return await store.setMany(write.entries);
  const ttlMs = write.expires === Infinity ? undefined : Math.max(1, write.expires - Date.now());
  await store.set(first.key, first.value, ttlMs);
}

/** Whether a store could keep it at all. */
export function isStorable(write: Write): boolean {
  try {
    if (write.type === 'put') for (const { value } of write.entries) toJson(value);
    return true;
  } catch {
    return false;
  }
}

/** Throws when the value has no JSON. */
export function toJson(value: unknown): string {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new TypeError('only JSON can be stored');
  return json;
}
