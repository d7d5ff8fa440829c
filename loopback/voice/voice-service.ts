/** One Opus packet as a listener's ears got it: transport and DAVE already taken off. */
export interface HeardPacket {
  readonly opus: Buffer;
  readonly sequence: number;
  /** RTP units, 48,000 a second. */
  readonly timestamp: number;
  readonly ssrc: number;
  /** Milliseconds of `performance.now()` in the double's process. */
  readonly at: number;
  /** The speaker. */
  readonly userId: string;
  /** True when it came end-to-end encrypted. */
  readonly dave: boolean;
}

/** What the main gateway asks of the voice servers. Implemented by voice/server.ts. */
export interface VoiceService {
  /** `127.0.0.1:PORT`, as it stands in VOICE_SERVER_UPDATE. */
  readonly endpoint: string;
  /**
   * A member of a guild's voice is about to connect (or its channel changed): returns the token that its voice identify
   * must carry. An earlier token of the same member stops being valid.
   */
  admit(member: {
    readonly guildId: string;
    readonly channelId: string;
    readonly userId: string;
    readonly sessionId: string;
  }): string;
  /** The member left or was removed: its voice session is closed with `code` (4014 as Discord does) when it is still open. */
  dismiss(guildId: string, userId: string, code?: number): void;
  /** Everyone who is in the channel now, so that listeners hear and DAVE groups have the right members. */
  members(guildId: string, channelId: string, userIds: readonly string[]): void;
}
