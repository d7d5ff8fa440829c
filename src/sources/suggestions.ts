import { later } from '../lib/time.ts';
import { begin, wordsOf } from './library-index.ts';
import type { Track, Typing } from './source.ts';
import { TokenBuckets, type Rate } from './token-bucket.ts';

export interface SuggestionParts {
  /** What a search has found for these very words, without waiting. */
  readonly known: (words: string) => readonly Track[] | null;
  /** Searches, where nobody waits for it. */
  readonly find: (words: string, signal: AbortSignal) => Promise<readonly Track[]>;
  /** Files of which every word begins like one that is typed. Without waiting. */
  readonly files: (words: string, limit: number) => readonly Track[];
  readonly now?: () => number;
}

/** As many as Discord shows. */
const MOST = 25;
const MOST_HEARD = 8;
const MOST_OWN = 5;
const MOST_FILES = 7;
/** Whoever types on within this time has not typed the words yet. */
const QUIET_MS = 300;
const SHORTEST = 3;
const SEARCH_WITHIN_MS = 10_000;
const PERSON_RATE: Rate = { burst: 3, everyMs: 15_000 };
const RATE: Rate = { burst: 6, everyMs: 10_000 };
const MOST_PEOPLE = 1_000;

interface Person {
  readonly who: string;
  /** What was last found for words of theirs. */
  found: readonly Track[];
  searching: boolean;
  pause: AbortController;
}

/**
 * What somebody may mean who is still typing: what their guild has heard, what they have kept, files of the library, and
 * what a search has found for the very same words or for earlier ones of theirs. Answers at once with what is known; a search that this gives rise to
 * helps the next answer, and there are few of them.
 */
export class Suggestions {
  readonly #parts: SuggestionParts;
  readonly #people = new Map<string, Person>();
  readonly #personRate: TokenBuckets;
  readonly #rate: TokenBuckets;
  readonly #life = new AbortController();
  /** Who has kept thousands of tracks has them looked through at each letter. */
  readonly #words = new WeakMap<Track, readonly string[]>();

  constructor(parts: SuggestionParts) {
    this.#parts = parts;
    this.#personRate = new TokenBuckets(PERSON_RATE, parts.now);
    this.#rate = new TokenBuckets(RATE, parts.now);
  }

  /** The tracks, likeliest first, each once. */
  suggest(words: string, { who, heard, own }: Typing): readonly Track[] {
    const person = this.#person(who);
    const known = this.#parts.known(words);
    const typed = wordsOf(words);
    const like = (track: Track) => begin(this.#wordsOf(track), typed);
    if (known === null) this.#searchSoon(words, person);
    const found = known ?? (typed.length === 0 ? [] : person.found.filter(like));
    const past = new Map(heard.filter(like).map((track) => [keyOf(track), track]));
    const kept = own.values().filter((track) => like(track) && !past.has(keyOf(track)));
    const all = [
      ...past.values().take(MOST_HEARD),
      ...kept.take(MOST_OWN),
      ...this.#parts.files(words, MOST_FILES),
      ...found,
    ];
    return [...new Map(all.map((track) => [keyOf(track), track])).values()].slice(0, MOST);
  }

  close(): void {
    this.#life.abort();
  }

  #wordsOf(track: Track): readonly string[] {
    const words = this.#words.get(track) ?? wordsOf(`${track.title} ${track.artist ?? ''}`);
    this.#words.set(track, words);
    return words;
  }

  #searchSoon(words: string, person: Person): void {
    person.pause.abort();
    person.pause = new AbortController();
    if (words.trim().length < SHORTEST) return;
    const still = AbortSignal.any([this.#life.signal, person.pause.signal]);
    later(QUIET_MS, still, () => void this.#search(words, person).catch(() => undefined));
  }

  /** Whatever goes wrong here is told to whoever plays those words. */
  async #search(words: string, person: Person): Promise<void> {
    if (person.searching) return;
    if (this.#personRate.take(person.who) > 0 || this.#rate.take('') > 0) return;
    person.searching = true;
    const done = new AbortController();
    later(SEARCH_WITHIN_MS, AbortSignal.any([this.#life.signal, done.signal]), () =>
      done.abort(new Error('nobody waits so long')),
    );
    try {
      const signal = AbortSignal.any([this.#life.signal, done.signal]);
      person.found = await this.#parts.find(words, signal);
    } finally {
      person.searching = false;
      done.abort();
    }
  }

  #person(who: string): Person {
    const person = this.#people.get(who) ?? { who, found: [], searching: false, pause: new AbortController() };
    this.#people.delete(who);
    this.#people.set(who, person);
    const [longestAway] = this.#people.keys();
    if (this.#people.size > MOST_PEOPLE && longestAway !== undefined) this.#people.delete(longestAway);
    return person;
  }
}

const keyOf = ({ source, identifier }: Track): string => `${source} ${identifier}`;
