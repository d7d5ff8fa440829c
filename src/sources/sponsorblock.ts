import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { HttpClient } from './http-client.ts';
import { Remembered } from './remembered.ts';
import { videoOf } from './sites.ts';
import { jsonAt } from './small-answer.ts';
import type { Track } from './source.ts';

/** A part of a track that is no music; milliseconds into it. */
export interface Segment {
  readonly startMs: number;
  readonly endMs: number;
}

export interface SponsorBlockParts {
  readonly http: HttpClient;
  /** Of a service with SponsorBlock's interface; null: nobody is asked. */
  readonly url: URL | null;
  readonly now?: () => number;
}

/** https://wiki.sponsor.ajay.app/w/Segment_Categories; not those that are part of the work, as highlights are. */
const CATEGORIES = ['sponsor', 'selfpromo', 'interaction', 'intro', 'outro', 'preview', 'music_offtopic'] as const;
/** As many as a video has at the very most, and as many videos as begin with the same four digits. */
const MOST = 200;
const MAX_BYTES = 2 * 1024 * 1024;
const KEPT = { most: 500, freshMs: 60 * 60_000 };
/** Of a video that is by now another one. */
const OTHER_LENGTH_MS = 3_000;
/** Those that nearly touch are one; a shorter one is not worth the jump. */
const GAP_MS = 500;
const SHORTEST_MS = 1_000;
/** A track ends by being heard to its end, not by a jump behind it. */
const REST_MS = 1_000;
/** Where more than this would go, somebody made fun of it. */
const MOST_OF_IT = 0.8;

const second = z.number().min(0).max(1_000_000);
const segment = z.object({
  segment: z.tuple([second, second]),
  category: z.enum(CATEGORIES),
  actionType: z.literal('skip').default('skip'),
  videoDuration: z.number().default(0),
});
// What cannot be understood, other categories above all, spoils nothing.
const videos = z
  .array(z.unknown())
  .transform((all) =>
    all.flatMap((one) => z.object({ videoID: z.string(), segments: z.array(z.unknown()) }).safeParse(one).data ?? []),
  );
type Video = z.infer<typeof videos>[number];

/** Asks SponsorBlock, without telling it which video is played: https://wiki.sponsor.ajay.app/w/API_Docs */
export class SponsorBlock {
  readonly #parts: SponsorBlockParts;
  readonly #known: Remembered<readonly Segment[]>;

  constructor(parts: SponsorBlockParts) {
    this.#parts = parts;
    this.#known = new Remembered({ ...KEPT, now: parts.now });
  }

  /** False where the operator named no service. */
  get available(): boolean {
    return this.#parts.url !== null;
  }

  /** What of a track is to be left out, in order; nothing where there is no service or it is no video. Throws SERVICE_FAILED. */
  async segments(track: Track, signal: AbortSignal): Promise<readonly Segment[]> {
    const { url: base, http } = this.#parts;
    const video = track.source === 'youtube' ? videoOf(track.identifier) : null;
    if (base === null || video === null || track.live) return [];
    const known = this.#known.get(video);
    if (known !== undefined) return known;
    const prefix = createHash('sha256').update(video).digest('hex').slice(0, 4);
    const url = new URL(`${base.href.replace(/\/+$/, '')}/api/skipSegments/${prefix}`);
    url.searchParams.set('categories', JSON.stringify(CATEGORIES));
    url.searchParams.set('actionTypes', '["skip"]');
    const found = segmentsOf(
      (await jsonAt(http, url, videos, { maxBytes: MAX_BYTES, signal })) ?? [],
      video,
      track.durationMs,
    );
    this.#known.keep(video, found);
    return found;
  }
}

/** Those of one video, in order and without overlaps, where they fit a track of this length. */
function segmentsOf(all: readonly Video[], video: string, durationMs: number | null): readonly Segment[] {
  const lastMs = durationMs === null ? Infinity : durationMs - REST_MS;
  const told = all.find(({ videoID }) => videoID === video)?.segments.slice(0, MOST) ?? [];
  const fitting = told.flatMap((one) => {
    const { data } = segment.safeParse(one);
    if (data === undefined || isOfAnother(data.videoDuration, durationMs)) return [];
    const [startMs, endMs] = data.segment.map((seconds) => Math.round(seconds * 1_000)) as [number, number];
    return [{ startMs, endMs: Math.min(endMs, lastMs) }];
  });
  const merged = merge(fitting).filter(({ startMs, endMs }) => endMs - startMs >= SHORTEST_MS);
  const leftOutMs = merged.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return durationMs !== null && leftOutMs > durationMs * MOST_OF_IT ? [] : merged;
}

const isOfAnother = (seconds: number, durationMs: number | null): boolean =>
  seconds > 0 && durationMs !== null && Math.abs(seconds * 1_000 - durationMs) > OTHER_LENGTH_MS;

function merge(segments: readonly Segment[]): readonly Segment[] {
  const merged: Segment[] = [];
  for (const next of segments.toSorted((one, other) => one.startMs - other.startMs)) {
    const last = merged.at(-1);
    if (last === undefined || next.startMs > last.endMs + GAP_MS) merged.push(next);
    else merged[merged.length - 1] = { startMs: last.startMs, endMs: Math.max(last.endMs, next.endMs) };
  }
  return merged;
}
