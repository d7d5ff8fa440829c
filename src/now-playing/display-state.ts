import type { DisplayPlace } from './display-channel.ts';

/**
 * Where a guild's display is in its life. One machine a guild, one writer: GuildDisplay. `entryId` is the entry that the
 * display was last begun for, null when nothing plays; `leftover` the message of music that has ended, which stays until there is a new one.
 */
export type DisplayState =
  /** An earlier process may have left a message: that is looked up when it matters. */
  | { readonly status: 'unknown' }
  | { readonly status: 'absent'; readonly entryId: string | null; readonly leftover: DisplayPlace | null }
  /** `content`: what the message says, as far as this process has written it. */
  | {
      readonly status: 'shown';
      readonly entryId: string | null;
      readonly place: DisplayPlace;
      readonly content: string;
    }
  /** Somebody deleted the message or forbade it: for this entry that is a wish. */
  | { readonly status: 'dismissed'; readonly entryId: string | null; readonly leftover: DisplayPlace | null }
  | { readonly status: 'closed' };

export const LEGAL = {
  unknown: ['absent', 'shown', 'closed'],
  absent: ['absent', 'shown', 'dismissed', 'closed'],
  shown: ['shown', 'absent', 'dismissed', 'closed'],
  dismissed: ['absent', 'closed'],
  closed: [],
} as const satisfies Record<DisplayState['status'], readonly DisplayState['status'][]>;
