import { z } from 'zod';
import { trackRecord } from '../queue/queue-records.ts';
import type { Track } from '../sources/source.ts';

const VERSION = 1;

/** Heads alone, so that all of them can be read at a start without what is in the lists. */
export const HEAD_KEYS = 'list:';
export const headKey = (ownerId: string, id: string): string => `${HEAD_KEYS}${ownerId}:${id}`;
export const pageKey = (ownerId: string, id: string, page: number): string => `list-page:${ownerId}:${id}:${page}`;

const head = z.object({
  version: z.literal(VERSION),
  ownerId: z.string(),
  id: z.string(),
  kind: z.enum(['playlist', 'favourites']),
  name: z.string(),
  /** Guilds in which others see it. */
  sharedIn: z.array(z.string()),
  pages: z.array(z.object({ id: z.int().nonnegative(), tracks: z.int().nonnegative() })),
});

/** What is known of a list without its tracks: those are in its pages, in their order. */
export type ListHead = Readonly<Omit<z.infer<typeof head>, 'version'>>;

const page = z.object({ version: z.literal(VERSION), tracks: z.array(z.unknown()) });

/** The tracks of a page that can be understood, and what else is in it. */
export interface PageReading {
  readonly tracks: readonly Track[];
  readonly strange: readonly unknown[];
}

/** Null when it cannot be understood. */
export function readHead(value: unknown): ListHead | null {
  const record = head.safeParse(value).data;
  if (record === undefined) return null;
  const { version: _, ...rest } = record;
  return rest;
}

/** A page that is not there has nothing in it. */
export function readPage(value: unknown): PageReading {
  if (value === undefined) return { tracks: [], strange: [] };
  const record = page.safeParse(value).data;
  if (record === undefined) return { tracks: [], strange: [value] };
  const readings = record.tracks.map((one) => ({ one, track: trackRecord.safeParse(one).data }));
  return {
    tracks: readings.flatMap(({ track }) => (track === undefined ? [] : [track])),
    strange: readings.filter(({ track }) => track === undefined).map(({ one }) => one),
  };
}

/** A head as it is stored. */
export const headRecord = (list: ListHead) => ({
  key: headKey(list.ownerId, list.id),
  value: { version: VERSION, ...list },
});

/** A page as it is stored. */
export const pageRecord = ({ ownerId, id }: ListHead, page: number, tracks: readonly Track[]) => ({
  key: pageKey(ownerId, id, page),
  value: { version: VERSION, tracks },
});

/** How many tracks a list has, as it was when it was last written. */
export const sizeOf = ({ pages }: ListHead): number => pages.reduce((sum, { tracks }) => sum + tracks, 0);
