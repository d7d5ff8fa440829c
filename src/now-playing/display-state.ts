import type { DisplayPlace } from './display-channel.ts';

/** A message that may be on its way. Tried again under its nonce, it does not become two. */
export interface Sending {
  readonly channelId: string;
  readonly nonce: string;
}

/**
 * Where a guild's display is in its life. One machine a guild, one writer: GuildDisplay. `entryId` is the entry that the
 * display was last begun for, null when nothing plays; `old` are messages of it that go before there is a new one.
 */
export type DisplayState =
  /** An earlier process may have left a message: that is looked up when it matters. */
  | { readonly status: 'unknown' }
  | {
      readonly status: 'absent';
      readonly entryId: string | null;
      readonly old: readonly DisplayPlace[];
      readonly sending: Sending | null;
    }
  /** `content`: what the message says of this entry, as far as this process has written it. */
  | {
      readonly status: 'shown';
      readonly entryId: string | null;
      readonly old: readonly DisplayPlace[];
      readonly place: DisplayPlace;
      readonly content: string;
      /** Milliseconds since 1970; of a message of an earlier process, when this one found it. */
      readonly sentAt: number;
    }
  /** Somebody deleted the message or forbade it: for this entry that is a wish. */
  | {
      readonly status: 'dismissed';
      readonly entryId: string | null;
      readonly old: readonly DisplayPlace[];
      readonly sending: Sending | null;
    }
  | { readonly status: 'closed' };

export const LEGAL = {
  unknown: ['absent', 'shown', 'closed'],
  absent: ['absent', 'shown', 'dismissed', 'closed'],
  shown: ['shown', 'absent', 'dismissed', 'closed'],
  dismissed: ['absent', 'closed'],
  closed: [],
} as const satisfies Record<DisplayState['status'], readonly DisplayState['status'][]>;

/** What must outlive the process, so that the next one makes no second display. */
export interface DisplayRecord {
  readonly place: DisplayPlace | null;
  readonly old: readonly DisplayPlace[];
  readonly sending: Sending | null;
}

/** The record of a state; null when there is nothing to remember. */
export function recordOf(state: Exclude<DisplayState, { status: 'unknown' | 'closed' }>): DisplayRecord | null {
  const { old } = state;
  const place = state.status === 'shown' ? state.place : null;
  const sending = state.status === 'shown' ? null : state.sending;
  return place === null && sending === null && old.length === 0 ? null : { place, old, sending };
}
