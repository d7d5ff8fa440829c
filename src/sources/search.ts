import { SingleFlight } from './single-flight.ts';
import type { Track } from './source.ts';
import type { Asking } from './yt-dlp.ts';

export interface SearchParts {
  /** Asks a site, which takes seconds. */
  readonly ask: (words: string, asking: Asking) => Promise<readonly Track[]>;
  readonly now?: () => number;
}

const FRESH_MS = 10 * 60_000;
const MOST_KEPT = 200;

/** What a site finds for words, kept for a while: the same for everybody who types the very same words, and for nobody else. */
export class Search {
  readonly #parts: SearchParts;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly tracks: readonly Track[]; readonly until: number }>();
  readonly #flights = new SingleFlight<readonly Track[]>();

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** What was found not long ago; null when nobody searched for that. */
  known(words: string): readonly Track[] | null {
    const kept = this.#kept.get(keyOf(words));
    return kept && kept.until > this.#now() ? kept.tracks : null;
  }

  /** Searches, unless it is known what there is. Throws TenutoError, and remembers no failure. */
  async find(words: string, { signal, urgency = 'now', userId }: Asking): Promise<readonly Track[]> {
    const known = this.known(words);
    if (known) return known;
    return await this.#flights.run(keyOf(words), { signal, urgency }, async (flight) => {
      const tracks = await this.#parts.ask(words, { signal: flight.signal, urgency: flight.urgency, userId });
      this.#keep(keyOf(words), tracks);
      return tracks;
    });
  }

  #keep(key: string, tracks: readonly Track[]): void {
    this.#kept.delete(key);
    this.#kept.set(key, { tracks, until: this.#now() + FRESH_MS });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}

const keyOf = (words: string): string => words.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
