import { z } from 'zod';
import type { Track } from '../sources/source.ts';
import type { QueueOperation } from './queue-operations.ts';
import type { QueueEntry, Session } from './queue.ts';

/** Written into every record. A reader that meets another number does not guess: the record is set aside. */
export const RECORD_VERSION = 1;

// Loose objects, so that what a later version adds to a track survives being read and written by this one.
const track = z.looseObject({
  source: z.enum(['library', 'direct-url', 'youtube', 'site']),
  identifier: z.string(),
  title: z.string(),
  artist: z.string().nullable(),
  link: z.string().nullable(),
  thumbnail: z.string().nullable(),
  durationMs: z.number().nullable(),
  live: z.boolean(),
}) satisfies z.ZodType<Track>;

const entry = z.looseObject({
  id: z.string(),
  track,
  requestedBy: z.string(),
  addedAt: z.number(),
}) satisfies z.ZodType<QueueEntry>;

const loopMode = z.enum(['off', 'track', 'queue']);
const count = z.int().nonnegative();
const version = z.literal(RECORD_VERSION);

const operation = z.discriminatedUnion('type', [
  z.object({ type: z.literal('add'), entries: z.array(entry), start: z.boolean().optional() }),
  z.object({ type: z.literal('advance') }),
  z.object({ type: z.literal('skip'), amount: z.number() }),
  z.object({ type: z.literal('remove'), entryIds: z.array(z.string()) }),
  z.object({ type: z.literal('move'), entryId: z.string(), index: z.number() }),
  z.object({ type: z.literal('shuffle'), seed: z.number() }),
  z.object({ type: z.literal('loop'), mode: loopMode }),
  z.object({ type: z.literal('clear') }),
]) satisfies z.ZodType<QueueOperation>;

/** The commit point of a snapshot: everything up to `seq` is in these pages. */
const head = z.object({
  version,
  seq: count,
  turn: count,
  pages: z.array(count),
  current: z.unknown(),
  loop: loopMode,
});

const session = z.looseObject({
  version,
  voiceChannelId: z.string().nullable(),
  textChannelId: z.string().nullable(),
  paused: z.enum(['no', 'person', 'nobody', 'failures']),
  volume: z.number().min(0).max(200),
});

const position = z.object({ version, entryId: z.string(), turn: count, positionMs: z.number().nonnegative() });

const listRecord = z.object({ version, entries: z.array(z.unknown()) });
const operationRecord = z.object({ version, operation: z.looseObject({ entries: z.array(z.unknown()).optional() }) });

export type HeadRecord = z.infer<typeof head>;
export type PositionRecord = z.infer<typeof position>;

/** What could be read of a record. `complete` is false when something in it was not understood and left out. */
export interface Reading<T> {
  readonly value: T;
  readonly complete: boolean;
}

/** One entry, or null when it cannot be understood. */
export function readEntry(value: unknown): QueueEntry | null {
  return entry.safeParse(value).data ?? null;
}

export function readHead(value: unknown): HeadRecord | null {
  return head.safeParse(value).data ?? null;
}

/** The entries of a page that can be understood. */
export function readPage(value: unknown): Reading<readonly QueueEntry[]> {
  const list = listRecord.safeParse(value).data;
  return list === undefined ? { value: [], complete: false } : readEntries(list.entries);
}

/** The operation, with those of its entries that can be understood; null when it is none that we know. */
export function readOperation(value: unknown): Reading<QueueOperation | null> {
  const record = operationRecord.safeParse(value).data;
  if (record === undefined) return { value: null, complete: false };
  const { value: entries, complete } = readEntries(record.operation.entries ?? []);
  const readable = record.operation.entries === undefined ? record.operation : { ...record.operation, entries };
  const understood = operation.safeParse(readable).data ?? null;
  return { value: understood, complete: complete && understood !== null };
}

export function readSession(value: unknown): Omit<Session, 'positionMs'> | null {
  const record = session.safeParse(value).data;
  if (record === undefined) return null;
  const { version: _, ...rest } = record;
  return rest;
}

export function readPosition(value: unknown): PositionRecord | null {
  return position.safeParse(value).data ?? null;
}

function readEntries(values: readonly unknown[]): Reading<readonly QueueEntry[]> {
  const understood = values.map(readEntry).filter((value) => value !== null);
  return { value: understood, complete: understood.length === values.length };
}
