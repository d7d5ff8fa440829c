import { Remembered } from './remembered.ts';
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
  readonly #kept: Remembered<readonly Track[]>;
  readonly #flights = new SingleFlight<readonly Track[]>();

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#kept = new Remembered({ most: MOST_KEPT, freshMs: FRESH_MS, now: parts.now });
  }

  /** What was found not long ago; null when nobody searched for that. */
  known(words: string): readonly Track[] | null {
    return this.#kept.get(keyOf(words)) ?? null;
  }

  /** Searches, unless it is known what there is. Throws TenutoError, and remembers no failure. */
  async find(words: string, { signal, urgency = 'now', userId }: Asking): Promise<readonly Track[]> {
    const known = this.known(words);
    if (known) return known;
    return await this.#flights.run(keyOf(words), { signal, urgency }, async (flight) => {
      const tracks = await this.#parts.ask(words, { signal: flight.signal, urgency: flight.urgency, userId });
      this.#kept.keep(keyOf(words), tracks);
      return tracks;
    });
  }
}

const keyOf = (words: string): string => words.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
