import { z } from 'zod';

const text = z.string().nullish().catch(null);
const number = z.number().nullish().catch(null);

const fields = {
  id: text,
  title: text,
  /** Where the bytes are; for an entry of a flat playlist, the page to ask about. */
  url: text,
  webpage_url: text,
  ext: text,
  acodec: text,
  protocol: text,
  duration: number,
  is_live: z.boolean().nullish().catch(null),
  live_status: text,
  artist: text,
  channel: text,
  uploader: text,
  thumbnail: text,
  thumbnails: z
    .array(z.object({ url: z.string() }))
    .nullish()
    .catch(null),
  /** Seconds since 1970: before that the link is refused (since 2025.08). */
  available_at: number,
  /** Of what is announced, seconds since 1970. */
  release_timestamp: number,
  chapters: z
    .array(z.object({ title: text, start_time: z.number().nonnegative() }))
    .nullish()
    .catch(null),
  http_headers: z.record(z.string(), z.string()).nullish().catch(null),
};

/** One thing to play, as yt-dlp describes it. Any field may be missing. */
export type Info = z.infer<typeof Info>;
const Info = z.object(fields);

/** An entry of a list that is told piece by piece, with what is known of the list. */
export type Entry = z.infer<typeof Entry>;
const Entry = z.object({
  ...fields,
  _type: text,
  /** Set where it is an entry of something. */
  playlist: text,
  playlist_title: text,
  playlist_count: number,
  /** `private`, `needs_auth` and others, where the list tells. */
  availability: text,
});

const Answer = z.object({
  ...fields,
  _type: text,
  entries: z.array(z.object(fields).nullable()).nullish().catch(null),
});

export type Extraction =
  | { readonly kind: 'one'; readonly info: Info }
  | { readonly kind: 'many'; readonly title: string | null; readonly entries: readonly Info[] };

/** Reads a line about one entry of a list; null when it is not about anything. */
export function readEntry(line: string): Entry | null {
  const parsed = Entry.safeParse(parseJson(line));
  return parsed.success && (parsed.data.url || parsed.data.webpage_url) ? parsed.data : null;
}

/** Reads the JSON that yt-dlp wrote; null when it is not the answer to anything. Entries that it failed on are null and left out. */
export function readExtraction(json: string): Extraction | null {
  const parsed = Answer.safeParse(parseJson(json));
  if (!parsed.success) return null;
  const { entries, title } = parsed.data;
  if (!entries) return parsed.data._type === 'playlist' ? null : { kind: 'one', info: parsed.data };
  return { kind: 'many', title: title ?? null, entries: entries.filter((entry) => entry !== null) };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
