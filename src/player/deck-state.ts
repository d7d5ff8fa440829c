import type { QueueEntry } from '../queue/queue.ts';
import type { Sound } from './sound.ts';

/** What a deck does about the entry that it was given. Aborting `life` closes files, sockets and children. */
export type DeckState =
  | { readonly status: 'empty' }
  /** Finding the bytes and opening them. */
  | { readonly status: 'loading'; readonly entry: QueueEntry; readonly life: AbortController; readonly startMs: number }
  | { readonly status: 'sounding'; readonly entry: QueueEntry; readonly life: AbortController; readonly sound: Sound };

export const LEGAL = {
  empty: ['loading'],
  loading: ['sounding', 'empty'],
  sounding: ['empty'],
} as const satisfies Record<DeckState['status'], readonly DeckState['status'][]>;
