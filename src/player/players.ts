import type { LoopMode, Queue, QueueEntry } from '../queue/queue.ts';
import type { Track } from '../sources/source.ts';

/** What plays in a guild now, as commands and the display see it. */
export interface Playback {
  /** `away`: in no voice channel, nor on the way to one; only a person's command goes on. */
  readonly status: 'idle' | 'away' | 'loading' | 'playing' | 'paused' | 'waiting-for-voice' | 'waiting-for-listeners';
  readonly entry: QueueEntry | null;
  readonly positionMs: number;
  readonly volume: number;
  readonly queue: Queue;
}

export interface Enqueued {
  readonly entries: readonly QueueEntry[];
  /** 1-based place of the first of them among the upcoming tracks; 0 when it plays at once. */
  readonly place: number;
}

/** What a person can do to the music of a guild. Every method throws TenutoError with a line for that person. */
export interface Players {
  /** Joins the channel, adds the tracks at the end and starts when nothing plays. */
  play(request: {
    readonly guildId: string;
    readonly voiceChannelId: string;
    readonly textChannelId: string;
    readonly userId: string;
    readonly tracks: readonly Track[];
  }): Promise<Enqueued>;
  /** Joins beside the search for the track, so that both waits overlap. */
  prepare(guildId: string, voiceChannelId: string): Promise<void>;
  /** Takes a `prepare` back: leaves the channel in some seconds when nothing is current then. */
  release(guildId: string): void;
  /** Ends the current track and `amount - 1` after it. Returns the entry that plays next, or null. */
  skip(guildId: string, amount: number): Promise<QueueEntry | null>;
  pause(guildId: string): Promise<void>;
  resume(guildId: string): Promise<void>;
  /** Ends the music and empties the queue; stays in the channel. */
  stop(guildId: string): Promise<void>;
  /** Ends the music, keeps the queue, leaves the channel. */
  leave(guildId: string): Promise<void>;
  setVolume(guildId: string, percent: number): Promise<void>;
  setLoop(guildId: string, loop: LoopMode): Promise<void>;
  playback(guildId: string): Playback;
}

/** Who is in voice channels, as far as Discord has told. */
export interface Audience {
  /** True when the guild's data is there. */
  knows(guildId: string): boolean;
  /** People (no bots) in the voice channel now. */
  listeners(guildId: string, channelId: string): number;
}
