import { z } from 'zod';
import { TenutoError } from '../lib/errors.ts';
import { formatSpan } from '../lib/format.ts';
import type { HttpClient } from './http-client.ts';
import { Remembered } from './remembered.ts';
import { SingleFlight } from './single-flight.ts';
import { jsonAt } from './small-answer.ts';
import { songOf } from './song-name.ts';
import type { Track } from './source.ts';
import { timedLines, type TimedLine } from './timed-lines.ts';
import { TokenBuckets, type Rate } from './token-bucket.ts';

/** What is sung, as a stranger wrote it down: nothing of it is to be trusted. */
export interface FoundLyrics {
  readonly title: string;
  readonly artist: string;
  readonly instrumental: boolean;
  readonly lines: readonly string[];
  /** When each line is sung in the very track that was asked about; null where nobody knows. */
  readonly timed: readonly TimedLine[] | null;
}

/** Whose words are wanted. */
export type LyricsOf =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'track'; readonly track: Track };

export interface LyricsParts {
  readonly http: HttpClient;
  /** Of a service with LRCLIB's interface; null: there are no lyrics here. */
  readonly url: URL | null;
  readonly now?: () => number;
}

/** https://lrclib.net/docs */
const entry = z.object({
  trackName: z.string(),
  artistName: z.string(),
  duration: z.number().nullish(),
  instrumental: z.boolean().nullish(),
  plainLyrics: z.string().nullish(),
  syncedLyrics: z.string().nullish(),
});
type Entry = z.infer<typeof entry>;
// One that cannot be understood spoils nothing.
const entries = z
  .array(z.unknown())
  .transform((list) => list.slice(0, MOST_ENTRIES).flatMap((one) => entry.safeParse(one).data ?? []));

const MOST_ENTRIES = 50;
const MOST_LINES = 1_000;
/** Twenty songs, with their words twice. */
const MAX_BYTES = 1024 * 1024;
const KEPT = { most: 200, freshMs: 60 * 60_000 };
/** For one person; who turns pages asks nobody. */
const RATE: Rate = { burst: 6, everyMs: 10_000 };
/** As LRCLIB itself compares. */
const SAME_LENGTH_MS = 2_000;

/** Lyrics by a service of LRCLIB's kind, which needs no key. */
export class Lyrics {
  readonly #parts: LyricsParts;
  readonly #now: () => number;
  readonly #known: Remembered<FoundLyrics | null>;
  readonly #flights = new SingleFlight<FoundLyrics | null>();
  readonly #rate: TokenBuckets;

  constructor(parts: LyricsParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#known = new Remembered({ ...KEPT, now: this.#now });
    this.#rate = new TokenBuckets(RATE, this.#now);
  }

  /** Null when nobody has written them down. Throws LYRICS_OFF, SERVICE_FAILED or ASKED_TOO_FAST. */
  async find(of: LyricsOf, userId: string, signal: AbortSignal): Promise<FoundLyrics | null> {
    const { url } = this.#parts;
    if (url === null) throw new TenutoError('LYRICS_OFF');
    const key =
      of.kind === 'words' ? `words ${of.words.toLowerCase()}` : `track ${of.track.source} ${of.track.identifier}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const waitMs = this.#rate.take(userId);
    if (waitMs > 0) throw new TenutoError('ASKED_TOO_FAST', formatSpan(waitMs), { retryAt: this.#now() + waitMs });
    return await this.#flights.run(key, { signal, urgency: 'now' }, async (flight) => {
      const found = await this.#ask(url, of, flight.signal);
      this.#known.keep(key, found);
      return found;
    });
  }

  /** By title and artist first, then by both as words, in which the order and the artist's other names matter less. */
  async #ask(base: URL, of: LyricsOf, signal: AbortSignal): Promise<FoundLyrics | null> {
    const durationMs = of.kind === 'track' ? of.track.durationMs : null;
    for (const question of questionsAbout(of)) {
      const url = new URL(`${base.href.replace(/\/+$/, '')}/api/search`);
      url.search = new URLSearchParams(question).toString();
      const found = best(
        (await jsonAt(this.#parts.http, url, entries, { maxBytes: MAX_BYTES, signal })) ?? [],
        durationMs,
      );
      if (found !== null) return found;
    }
    return null;
  }
}

function questionsAbout(of: LyricsOf): readonly Record<string, string>[] {
  if (of.kind === 'words') return [{ q: of.words }];
  const { title, artist } = songOf(of.track);
  if (artist === null) return [{ q: title }];
  return [{ track_name: title, artist_name: artist }, { q: `${artist} ${title}` }];
}

/** The one whose length is the track's, then one that says when each line is sung, then the service's own order. */
function best(all: readonly Entry[], durationMs: number | null): FoundLyrics | null {
  const fits = ({ duration }: Entry) =>
    durationMs !== null && Math.abs((duration ?? Infinity) * 1_000 - durationMs) <= SAME_LENGTH_MS;
  const rank = (one: Entry) => (fits(one) ? 0 : 2) + (one.syncedLyrics ? 0 : 1);
  const [first] = all.filter(saysSomething).toSorted((one, other) => rank(one) - rank(other));
  if (first === undefined) return null;
  const timed = timedLines(first.syncedLyrics ?? '');
  const plain = first.plainLyrics || timed.map(({ text }) => text).join('\n');
  return {
    title: first.trackName,
    artist: first.artistName,
    instrumental: first.instrumental === true,
    lines: plain.trim().split(/\r?\n/, MOST_LINES),
    timed: fits(first) && timed.length > 0 ? timed : null,
  };
}

const saysSomething = ({ instrumental, plainLyrics, syncedLyrics }: Entry): boolean =>
  instrumental === true || Boolean(plainLyrics?.trim()) || timedLines(syncedLyrics ?? '').length > 0;
