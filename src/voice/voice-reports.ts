import type { VoiceState } from './voice-state.ts';

/** What happened to a guild's voice, newest last. */
export interface Incident {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What people read, e.g. `voice session no longer valid (4006)`. */
  readonly what: string;
  /** What was done about it, e.g. `joined again after 34 ms`; null while that is open. */
  readonly outcome: string | null;
}

/** What /voicestatus and the display ask of voice. */
export interface VoiceReports {
  state(guildId: string): VoiceState;
  report(guildId: string): VoiceReport;
}

export interface VoiceReport {
  readonly state: VoiceState;
  /** Round trip of the last voice heartbeat in milliseconds; null before the first. */
  readonly pingMs: number | null;
  /** True when frames are end-to-end encrypted (DAVE); null without a connection. */
  readonly dave: boolean | null;
  /** Frames handed to the network since the connection was made. */
  readonly framesSent: number;
  /** Joins since the process started, the first included. */
  readonly joins: number;
  readonly incidents: readonly Incident[];
}
