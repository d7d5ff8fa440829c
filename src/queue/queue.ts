import type { Track } from '../sources/source.ts';
import type { Filter } from './filters.ts';

/** A track in a queue: which one it is (ids are unique in a guild, also for the same track added twice), and who asked for it. */
export interface QueueEntry {
  readonly id: string;
  readonly track: Track;
  readonly requestedBy: string;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

export type LoopMode = 'off' | 'track' | 'queue';

/** What a guild will hear: the entry that plays now (or is about to), and the entries after it. Ids are unique among these. */
export interface Queue {
  readonly current: QueueEntry | null;
  readonly upcoming: readonly QueueEntry[];
  readonly loop: LoopMode;
  /** What was current before, the latest last. */
  readonly history: readonly QueueEntry[];
  /** What `undo` would take back, or null. */
  readonly undoable: Undoable | null;
}

/** How things stood before an operation that took entries or their order away. */
export interface Undoable {
  readonly what: 'remove' | 'move' | 'shuffle' | 'skip' | 'clear';
  /** What was to come then; before a `clear`, the current entry too. */
  readonly upcoming: readonly QueueEntry[];
  /** Ids of the entries that have become current since, the latest last: they have had their turn. */
  readonly since: readonly string[];
}

/** What else must be true again after a restart. One small record a guild, written often. */
export interface Session {
  /** Where the music plays; null: in no channel. */
  readonly voiceChannelId: string | null;
  /** Where people are told things. */
  readonly textChannelId: string | null;
  /** Into the current entry, milliseconds of its own time. */
  readonly positionMs: number;
  /** Paused by a person stays paused; `nobody`: only the empty channel paused it; `failures`: too many tracks failed in a row. */
  readonly paused: 'no' | 'person' | 'nobody' | 'failures';
  /** Who paused it, while `paused` is `person`. */
  readonly pausedBy: string | null;
  /** Stays in its voice channel when nobody listens and when the queue has ended. */
  readonly stay: boolean;
  /** Goes on with related tracks when the queue has ended by itself. */
  readonly autoplay: boolean;
  /** Parts of videos that are no music are left out, as far as SponsorBlock knows them. */
  readonly sponsorblock: boolean;
  /** Percent, 0 to 200. */
  readonly volume: number;
  /** Whether loud tracks are turned down; `both`: quiet ones up, too. */
  readonly normalise: 'off' | 'down' | 'both';
  /** What is done to the sound, each at most once. */
  readonly filters: readonly Filter[];
}

export const EMPTY_QUEUE: Queue = { current: null, upcoming: [], loop: 'off', history: [], undoable: null };
export const NEW_SESSION: Session = {
  voiceChannelId: null,
  textChannelId: null,
  positionMs: 0,
  paused: 'no',
  pausedBy: null,
  stay: false,
  autoplay: false,
  sponsorblock: false,
  volume: 100,
  normalise: 'off',
  filters: [],
};
