import type { Place } from '../lib/place.ts';
import type { Filter, FilterEdit } from '../queue/filters.ts';
import type { LoopMode, Queue, QueueEntry, Session, Undoable } from '../queue/queue.ts';
import type { TenutoError } from '../lib/errors.ts';
import type { PlaylistChunks, Track } from '../sources/source.ts';

/** What plays in a guild now, as commands and the display see it. */
export interface Playback {
  /**
   * `away`: in no voice channel, nor on the way to one; only a person's command goes on. `waiting-to-retry`: the entry could
   * not be opened, and is tried again.
   */
  readonly status:
    | 'idle'
    | 'away'
    | 'loading'
    | 'playing'
    | 'paused'
    | 'waiting-to-retry'
    | 'waiting-for-voice'
    | 'waiting-for-listeners';
  readonly entry: QueueEntry | null;
  readonly positionMs: number;
  readonly volume: number;
  readonly filters: readonly Filter[];
  /** Milliseconds of the entry that pass in one of hearing it. */
  readonly tempo: number;
  /** The person who paused it, while that is why it does not play. */
  readonly pausedBy: string | null;
  /** Related tracks follow when the queue has ended. */
  readonly autoplay: boolean;
  readonly queue: Queue;
}

export interface Enqueued {
  readonly entries: readonly QueueEntry[];
  /** 1-based place of the first of them among the upcoming tracks; 0 when it plays at once. */
  readonly place: number;
}

/** Who wants what where. */
interface PlayRequest {
  readonly guildId: string;
  readonly voiceChannelId: string;
  readonly textChannelId: string;
  readonly userId: string;
  /** 1-based place among the upcoming tracks; left out: at the end. */
  readonly place?: number | undefined;
}

/** A playlist to add while it becomes known. */
export interface PlaylistRequest extends PlayRequest {
  /** By which it can be called off. */
  readonly id: string;
  readonly chunks: PlaylistChunks;
  /** Ends the reading, and what was added stays. */
  readonly signal: AbortSignal;
  /** Told after each chunk. Must not throw. */
  readonly progress: (soFar: PlaylistAdded) => void;
}

/** What came of a playlist. */
export interface PlaylistAdded {
  readonly added: number;
  /** 1-based place of the first of them then; 0 when it played at once. */
  readonly place: number;
  /** Entries that are private, deleted or otherwise not to be played. */
  readonly unplayable: number;
  /** Why there are no more of them; null: that is all, or all so far. */
  readonly cut: TenutoError | null;
}

/** Which upcoming tracks: from one 1-based place to another, all that a user asked for, or each that plays or stands there once already. */
export type Selection =
  | { readonly by: 'place'; readonly from: number; readonly to: number }
  | { readonly by: 'user'; readonly userId: string }
  | { readonly by: 'duplicate' };

/** What a person can do to the music of a guild. Every method throws TenutoError with a line for that person. */
export interface Players {
  /** Joins the channel, adds the tracks and starts when nothing plays. Of more tracks than there is room for, the first fitting ones. */
  play(request: PlayRequest & { readonly tracks: readonly Track[] }): Promise<Enqueued>;
  /**
   * The same for a playlist of which the rest is still to come: its tracks follow each other also when others add theirs
   * meanwhile. Ends early at `cancelPlaylist`, `stop`, `clear` and `leave`. Throws where nothing was added.
   */
  playPlaylist(request: PlaylistRequest): Promise<PlaylistAdded>;
  /** Throws NOT_ADDING when it is not being added any more. */
  cancelPlaylist(guildId: string, id: string): void;
  /** Comes to a voice channel and goes on with what is in the queue; tells in the text channel what happens. */
  join(guildId: string, voiceChannelId: string, textChannelId: string): Promise<void>;
  /** Joins beside the search for the track, so that both waits overlap. */
  prepare(guildId: string, voiceChannelId: string): Promise<void>;
  /** A track that is about to be asked for: where nothing plays, it is opened while the channel is joined. `release` takes that back. */
  expect(guildId: string, track: Track): void;
  /** Takes a `prepare` back: leaves the channel in some seconds when nothing is current then, unless it stays there. */
  release(guildId: string): void;
  /**
   * Ends the current track and `amount - 1` after it. Returns the entry that plays next, or null. With an `entryId` it
   * throws STALE_BUTTON when another entry is current by then.
   */
  skip(guildId: string, amount: number, entryId?: string): Promise<QueueEntry | null>;
  /** Goes on with the upcoming track at a 1-based place, and passes over those before it. */
  jump(guildId: string, place: number): Promise<QueueEntry>;
  /** Goes back to the track before. */
  previous(guildId: string): Promise<QueueEntry>;
  /** The current track from its beginning. */
  replay(guildId: string): Promise<QueueEntry>;
  /** Takes upcoming tracks out; returns those that were. */
  remove(guildId: string, which: Selection): Promise<readonly QueueEntry[]>;
  /** Moves an upcoming track from one 1-based place to another; returns it. */
  move(guildId: string, from: number, to: number): Promise<QueueEntry>;
  /** Two upcoming tracks, by their 1-based places, change places; returns both. */
  swap(guildId: string, one: number, other: number): Promise<readonly [QueueEntry, QueueEntry]>;
  /** Mixes what is to come; `fair`: those who asked take turns. Returns how many. */
  shuffle(guildId: string, fair: boolean): Promise<number>;
  /** Empties what is to come; the current track plays on. Returns how many there were. */
  clear(guildId: string): Promise<number>;
  /** Takes the last removal, move, shuffle, clear or long skip back; says what it was. */
  undo(guildId: string): Promise<Undoable['what']>;
  /** `userId`: who pauses. */
  pause(guildId: string, userId: string): Promise<void>;
  resume(guildId: string): Promise<void>;
  /** Ends the music and empties the queue; stays in the channel. */
  stop(guildId: string): Promise<void>;
  /** Ends the music, keeps the queue, leaves the channel. */
  leave(guildId: string): Promise<void>;
  setVolume(guildId: string, percent: number): Promise<void>;
  /** Heard at once where the loudness of what plays is known. */
  setNormalise(guildId: string, normalise: Session['normalise']): Promise<void>;
  /** Goes on elsewhere in the current track; returns where, in milliseconds. Throws LIVE, BEHIND_END, OVERTAKEN or NOT_SWAPPED. */
  seek(guildId: string, place: Place): Promise<number>;
  /** Changes what is done to the sound; returns what is on then. Throws BAD_OPTION or NOT_SWAPPED. */
  setFilters(guildId: string, edit: FilterEdit): Promise<readonly Filter[]>;
  setLoop(guildId: string, loop: LoopMode): Promise<void>;
  /** Stays in the voice channel when nobody listens and when the queue has ended, or does not any more. */
  setStay(guildId: string, stay: boolean): Promise<void>;
  /** Goes on with related tracks when the queue has ended by itself, or does not any more: then what it put there goes. */
  setAutoplay(guildId: string, autoplay: boolean): Promise<void>;
  /** Leaves out what is no music in videos, also in the one that plays, or does not any more. */
  setSponsorblock(guildId: string, sponsorblock: boolean): Promise<void>;
  playback(guildId: string): Playback;
}

/** Who is in voice channels, as far as Discord has told. */
export interface Audience {
  /** True when the guild's data is there. */
  knows(guildId: string): boolean;
  /** People (no bots) in the voice channel now. */
  listeners(guildId: string, channelId: string): number;
}
