import type { AudioPlayer } from '@discordjs/voice';
import type { VoiceConnectionManager } from '../voice/voice-connection-manager.ts';
import type { VoiceReport } from '../voice/voice-reports.ts';
import type { VoiceState } from '../voice/voice-state.ts';

/** Being in a channel, as players use it. */
export interface PlayerVoice {
  state(guildId: string): VoiceState;
  report(guildId: string): VoiceReport;
  /** Resolves when the channel can hear; rejects with a line for the person who asked. */
  join(guildId: string, channelId: string): Promise<void>;
  /** Wants to be in the channel, and leaves the way there to the reconnect policy. */
  hold(guildId: string, channelId: string): Promise<void>;
  leave(guildId: string): Promise<void>;
  attach(guildId: string, audio: AudioPlayer): void;
}

const HOLDER = 'player';

/** The players' share of the voice connections: others may hold the same ones. `leaving` is waited for; it must not reject. */
export function heldByPlayers(
  manager: VoiceConnectionManager,
  leaving: (guildId: string) => Promise<void>,
): PlayerVoice {
  return {
    state: (guildId) => manager.state(guildId),
    report: (guildId) => manager.report(guildId),
    join: (guildId, channelId) => manager.join({ guildId, channelId, holder: HOLDER }),
    hold: (guildId, channelId) => manager.hold({ guildId, channelId, holder: HOLDER }),
    leave: (guildId) => leaving(guildId).then(() => manager.leave(guildId, HOLDER)),
    attach: (guildId, audio) => manager.attach(guildId, audio),
  };
}
