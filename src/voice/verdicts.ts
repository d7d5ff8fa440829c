/** What the monitor makes of a guild's connection. */
export type Verdict =
  /** Frames leave, or would. */
  | 'healthy'
  /** Nothing is played. */
  | 'quiet'
  | 'paused'
  /** A moderator muted the bot. */
  | 'muted'
  /** The bot is in the audience of a stage, or may not speak. */
  | 'suppressed'
  /** Nobody is there to listen. */
  | 'alone'
  /** A player plays, the connection says ready, and nothing leaves. */
  | 'silent-stuck'
  /** Heartbeats of the voice socket are not answered. */
  | 'link-down'
  /** Datagrams do not come back from the voice server any more. */
  | 'udp-lost'
  /** End-to-end encryption does not come about, or a transition is never executed. */
  | 'dave-stuck'
  /** The process itself did not run for a while. */
  | 'process-stalled';
