import type { Media, Track, Urgency } from '../sources/source.ts';
import type { OpenedAudio } from './audio-pipeline.ts';
import type { DeckParts, OpenOptions } from './deck.ts';
import type { Filtering } from './filters.ts';

/** What comes next, as it would begin now. */
export interface Next {
  /** The same for the same entry. */
  readonly id: string;
  readonly track: Track;
  /** Percent. */
  readonly volume: number;
  readonly filtering: Filtering | null;
}

interface Prepared extends Next {
  /** Ends what was opened. */
  readonly life: AbortController;
  readonly found: Promise<{ readonly media: Media; readonly audio: OpenedAudio }>;
}

/**
 * Opens what comes next while the end of what plays is still heard, and hands it out to whoever locates and opens the same, so
 * that one follows the other without a gap. Everything else passes through.
 */
export class NextSound implements DeckParts {
  readonly #parts: DeckParts;
  #prepared: Prepared | null = null;
  /** Opened for those who have located it and will open it in a moment. */
  readonly #handed = new WeakMap<Media, Prepared & { readonly audio: OpenedAudio }>();

  constructor(parts: DeckParts) {
    this.#parts = parts;
  }

  /** Opens this from its beginning, if that is not done, and lets go of anything else; null: of everything. */
  prepare(next: Next | null): void {
    if (isSame(this.#prepared, next)) return;
    this.#prepared?.life.abort();
    this.#prepared = next && this.#open(next);
  }

  async locate(track: Track, signal: AbortSignal, urgency: Urgency): Promise<Media> {
    const prepared = this.#prepared;
    if (prepared?.track !== track) return await this.#parts.locate(track, signal, urgency);
    this.#prepared = null;
    signal.addEventListener('abort', () => prepared.life.abort(), { once: true });
    // What could not be had a moment ago may be there now.
    const found = await prepared.found.catch(() => null);
    if (found === null) return await this.#parts.locate(track, signal, urgency);
    this.#handed.set(found.media, { ...prepared, audio: found.audio });
    return found.media;
  }

  async open(media: Media, track: Track, options: OpenOptions): Promise<OpenedAudio> {
    const handed = this.#handed.get(media);
    if (!handed) return await this.#parts.open(media, track, options);
    this.#handed.delete(media);
    const fits = options.startMs === 0 && sounds(options.filtering) === sounds(handed.filtering);
    if (fits && !handed.audio.packets.destroyed) return handed.audio;
    handed.life.abort();
    return await this.#parts.open(media, track, options);
  }

  #open(next: Next): Prepared {
    const life = new AbortController();
    const found = this.#find(next, life.signal);
    // A failure is told when its turn has come.
    found.catch(() => undefined);
    return { ...next, life, found };
  }

  async #find({ track, volume, filtering }: Next, signal: AbortSignal) {
    const media = await this.#parts.locate(track, signal, 'ahead');
    const audio = await this.#parts.open(media, track, { startMs: 0, volume, filtering, signal });
    return { media, audio };
  }
}

const sounds = (filtering: Filtering | null) => filtering?.chain ?? '';

function isSame(prepared: Prepared | null, next: Next | null): boolean {
  if (prepared === null || next === null) return prepared === next;
  return prepared.id === next.id && sounds(prepared.filtering) === sounds(next.filtering);
}
