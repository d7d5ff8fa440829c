import { randomUUID } from 'node:crypto';
import type { Store } from '../storage/store.ts';

/** A record that was not understood, in whole or in part, and why. */
export interface Strange {
  readonly key: string;
  readonly value: unknown;
  readonly why: string;
}

/** Copies records to where nothing reads or deletes them, with a note. */
export async function setAside(store: Store, strange: readonly Strange[]): Promise<void> {
  const at = new Date().toISOString();
  // Not the time in the key: with a clock that was set back, one copy could take the place of another.
  const key = (original: string) => `set-aside:${randomUUID()}:${original}`;
  const copies = strange.map((record) => ({
    key: key(record.key),
    value: { why: record.why, at, value: record.value ?? null },
  }));
  if (copies.length > 0) await store.setMany(copies);
}
