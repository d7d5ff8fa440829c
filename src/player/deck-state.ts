import type { QueueEntry } from '../queue/queue.ts';
import type { Media, Urgency } from '../sources/source.ts';
import type { Filtering } from './filters.ts';
import type { Sound } from './sound.ts';

/** How an entry is put on the deck. */
export interface LoadOptions {
  readonly startMs: number;
  /** Percent, when it is asked for. */
  readonly volume: () => number;
  readonly filtering: Filtering | null;
  readonly urgency: Urgency;
}

/** What an entry is wanted to sound like, and from where; null: from where it is by then. */
export interface Aim {
  readonly startMs: number | null;
  readonly filtering: Filtering | null;
}

/** A sound on its way. Aborting `life` closes its files, sockets and children, also when it sounds already. */
export interface Opening extends Aim {
  readonly life: AbortController;
}

/** What stays the same for as long as an entry is on the deck. */
export interface Disc {
  readonly entry: QueueEntry;
  /** Percent, when it is asked for. */
  readonly volume: () => number;
  readonly urgency: Urgency;
}

/** What a deck does about the entry that it was given. */
export type DeckState =
  | { readonly status: 'empty' }
  /** Nothing sounds yet, or any more: the bytes are found and opened. */
  | { readonly status: 'loading'; readonly disc: Disc; readonly opening: Opening; readonly startMs: number }
  | { readonly status: 'sounding'; readonly disc: Disc; readonly media: Media; readonly sound: Sound }
  /** It sounds, and will go on elsewhere, or in another way, as soon as that is open. */
  | {
      readonly status: 'swapping';
      readonly disc: Disc;
      readonly media: Media;
      readonly sound: Sound;
      readonly opening: Opening;
    }
  /** Its last frame was read. That one, and the silence behind it, leave by themselves, unless another entry comes before. */
  | { readonly status: 'fading' };

export const LEGAL = {
  empty: ['loading'],
  loading: ['loading', 'sounding', 'empty'],
  sounding: ['swapping', 'fading', 'empty'],
  swapping: ['swapping', 'sounding', 'loading', 'empty'],
  fading: ['loading', 'empty'],
} as const satisfies Record<DeckState['status'], readonly DeckState['status'][]>;
