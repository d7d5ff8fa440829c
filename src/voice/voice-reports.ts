import type { Verdict } from './verdicts.ts';
import type { VoiceState } from './voice-state.ts';

/** How an incident ended; `open`: not yet. `interrupted`: the process ended before it did. */
export type IncidentResult =
  | 'open'
  | 'resumed'
  | 'rejoined'
  | 'stayed-out'
  | 'gave-up'
  | 'left'
  | 'gateway-closed'
  | 'interrupted';

/** What happened to a guild's voice, from the first failure to its end. */
export interface Incident {
  /** Eight hexadecimal digits, the same in every log line about it. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The close code that began it; null when it began otherwise. */
  readonly code: number | null;
  /** Its short name, e.g. `session no longer valid`. */
  readonly name: string;
  /** What people read, e.g. `the voice session is no longer valid (4006)`. */
  readonly what: string;
  /** What was the matter last, when that is not what began it. */
  readonly reason: string;
  /** Fresh sessions that were asked for because of it. */
  readonly attempts: number;
  /** Milliseconds since 1970; null while it is open. */
  readonly endedAt: number | null;
  readonly result: IncidentResult;
}

/** How frames are end-to-end encrypted (DAVE). */
export interface DaveReport {
  /** 0: not at all, as Discord wanted it. */
  readonly version: number;
  /** True while frames leave encrypted; alone in a channel there is no group to encrypt for. */
  readonly encrypted: boolean;
  /** What everybody in the channel can compare; null without a group. */
  readonly privacyCode: string | null;
}

/** What /voicestatus and the display ask of voice. */
export interface VoiceReports {
  state(guildId: string): VoiceState;
  report(guildId: string): VoiceReport;
}

/** What a person who may can do to voice. */
export interface VoiceControls {
  /**
   * Makes the connection anew, past a cool-down and the wait between two tries. Resolves when the channel can hear.
   * Rejects with NOT_CONNECTED when the bot is in no channel nor on its way to one, with VOICE_UNAVAILABLE and the seconds
   * to wait when the guild's voice requests for the minute are used up, and as a join does otherwise.
   */
  reconnect(guildId: string): Promise<void>;
}

export interface VoiceReport {
  readonly state: VoiceState;
  /** What the monitor made of its last look. */
  readonly verdict: Verdict;
  /** Host of the voice server; null without one. */
  readonly endpoint: string | null;
  /** Round trip of the last voice heartbeat in milliseconds; null before the first. */
  readonly pingMs: number | null;
  /** Transport encryption, as Discord names it; null without a connection. */
  readonly encryption: string | null;
  readonly dave: DaveReport | null;
  /** Frames handed to the network since the process started. */
  readonly framesSent: number;
  /** Joins since the process started, the first included. */
  readonly joins: number;
  /** Tries since voice was last stable, and how many there are before a cool-down. */
  readonly attempts: { readonly made: number; readonly of: number };
  /** True while voice fails everywhere, so that guilds take turns. */
  readonly outage: boolean;
  /** Newest last. */
  readonly incidents: readonly Incident[];
}
