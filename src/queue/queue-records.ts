import { z } from 'zod';
import type { Track } from '../sources/source.ts';
import { readFilters } from './filters.ts';
import { migrated, RECORD_VERSION } from './queue-migrations.ts';
import type { QueueOperation } from './queue-operations.ts';
import type { QueueEntry, Session, Undoable } from './queue.ts';

/** A track as it is stored, wherever that is. Loose, so that what a later version adds to it survives being read and written by this one. */
export const trackRecord = z.looseObject({
  source: z.enum(['library', 'direct-url', 'youtube', 'site']),
  identifier: z.string(),
  title: z.string(),
  artist: z.string().nullable(),
  link: z.string().nullable(),
  thumbnail: z.string().nullable(),
  durationMs: z.number().nullable(),
  live: z.boolean(),
  chapters: z.array(z.object({ title: z.string(), startMs: z.number() })).exactOptional(),
}) satisfies z.ZodType<Track>;

// Loose for the same reason.
const entry = z.looseObject({
  id: z.string(),
  track: trackRecord,
  requestedBy: z.string(),
  addedAt: z.number(),
}) satisfies z.ZodType<QueueEntry>;

const loopMode = z.enum(['off', 'track', 'queue']);
const count = z.int().nonnegative();
const version = z.literal(RECORD_VERSION);

const operation = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('add'),
    entries: z.array(entry),
    at: z.number().optional(),
    start: z.boolean().optional(),
  }),
  z.object({ type: z.literal('advance') }),
  z.object({ type: z.literal('skip'), amount: z.number() }),
  z.object({ type: z.literal('jump'), entryId: z.string() }),
  z.object({ type: z.literal('previous') }),
  z.object({ type: z.literal('replay') }),
  z.object({ type: z.literal('remove'), entryIds: z.array(z.string()) }),
  z.object({ type: z.literal('move'), entryId: z.string(), index: z.number() }),
  z.object({ type: z.literal('swap'), entryIds: z.tuple([z.string(), z.string()]) }),
  z.object({ type: z.literal('shuffle'), seed: z.number(), fair: z.boolean().optional() }),
  z.object({ type: z.literal('loop'), mode: loopMode }),
  z.object({ type: z.literal('clear'), keepCurrent: z.boolean().optional() }),
  z.object({ type: z.literal('undo') }),
]) satisfies z.ZodType<QueueOperation>;

/** What undo would take back, with the pages that hold the entries. */
const undoable = z.object({
  what: z.enum(['remove', 'move', 'shuffle', 'skip', 'clear']),
  pages: z.array(count),
  since: z.array(z.string()),
}) satisfies z.ZodType<Omit<Undoable, 'upcoming'>>;

/** The commit point of a snapshot: everything up to `seq` is in it and in its pages. Only the order of the pages is indispensable. */
const head = z.object({
  version,
  seq: count,
  turn: count,
  pages: z.array(count),
  loop: loopMode,
  current: z.unknown(),
  history: z.unknown(),
  undoable: z.unknown(),
});

const session = z.looseObject({
  version,
  voiceChannelId: z.string().nullable(),
  textChannelId: z.string().nullable(),
  paused: z.enum(['no', 'person', 'nobody', 'failures']),
  pausedBy: z.string().nullable(),
  stay: z.boolean(),
  // Sessions of this version were written before there was such a thing.
  autoplay: z.boolean().default(false),
  sponsorblock: z.boolean().default(false),
  volume: z.number().min(0).max(200),
  normalise: z.enum(['off', 'down', 'both']).default('off'),
  filters: z
    .unknown()
    .default([])
    .transform((value) => readFilters(value).filters),
});

const position = z.object({ version, entryId: z.string(), turn: count, positionMs: z.number().nonnegative() });

const list = z.array(z.unknown());
const listRecord = z.object({ version, entries: list });
const operationRecord = z.object({ version, operation: z.record(z.string(), z.unknown()) });

/** A head as it is written. */
export interface HeadRecord {
  readonly version: typeof RECORD_VERSION;
  readonly seq: number;
  readonly turn: number;
  readonly pages: readonly number[];
  readonly loop: z.infer<typeof loopMode>;
  readonly current: QueueEntry | null;
  readonly history: readonly QueueEntry[];
  readonly undoable: (Omit<Undoable, 'upcoming'> & { readonly pages: readonly number[] }) | null;
}
export type PositionRecord = z.infer<typeof position>;

/** What could be read of a record. `complete` is false when something in it was not understood and left out. */
export interface Reading<T> {
  readonly value: T;
  readonly complete: boolean;
}

/** A head, without those of its entries that cannot be understood; null when not even its pages are known. */
export function readHead(value: unknown): Reading<HeadRecord | null> {
  const record = head.safeParse(migrated('head', value)).data;
  if (record === undefined) return { value: null, complete: false };
  const current = entry.nullable().safeParse(record.current);
  const history = readEntries(record.history);
  const undo = undoable.nullable().safeParse(record.undoable);
  return {
    value: { ...record, current: current.data ?? null, history: history.value, undoable: undo.data ?? null },
    complete: current.success && history.complete && undo.success,
  };
}

/** The entries of a page that can be understood. */
export function readPage(value: unknown): Reading<readonly QueueEntry[]> {
  return readEntries(listRecord.safeParse(migrated('page', value)).data?.entries);
}

/** The operation, with those of its entries that can be understood; null when it is none that we know. */
export function readOperation(value: unknown): Reading<QueueOperation | null> {
  const record = operationRecord.safeParse(migrated('operation', value)).data;
  const whole = operation.safeParse(record?.operation);
  if (whole.success) return { value: whole.data, complete: true };
  const { value: entries } = readEntries(record?.operation['entries']);
  return { value: operation.safeParse({ ...record?.operation, entries }).data ?? null, complete: false };
}

/** Null when it cannot be understood. */
export function readSession(value: unknown): Omit<Session, 'positionMs'> | null {
  const record = session.safeParse(migrated('session', value)).data;
  if (record === undefined) return null;
  const { version: _, ...rest } = record;
  return rest;
}

/** Null when it cannot be understood. */
export function readPosition(value: unknown): PositionRecord | null {
  return position.safeParse(migrated('position', value)).data ?? null;
}

function readEntries(value: unknown): Reading<readonly QueueEntry[]> {
  const values = list.safeParse(value).data;
  if (values === undefined) return { value: [], complete: false };
  const understood = values.map((one) => entry.safeParse(one).data).filter((one) => one !== undefined);
  return { value: understood, complete: understood.length === values.length };
}
