import { ChannelType } from 'discord-api-types/v10';
import type { VoiceChange, WorldChannel, WorldVoiceState } from './types.ts';

/** The state of a member in a voice channel after a change. Throws when the channel is none. */
export function nextVoiceState(
  { id: channelId, guildId, type, name }: WorldChannel,
  userId: string,
  previous: WorldVoiceState | null,
  change: VoiceChange | null,
): WorldVoiceState {
  if (type === ChannelType.GuildText) throw new Error(`#${name} is not a voice channel`);
  return {
    guildId,
    userId,
    sessionId: crypto.randomUUID().replaceAll('-', ''),
    selfMute: false,
    selfDeaf: false,
    serverMute: false,
    serverDeaf: false,
    ...previous,
    // Whoever comes to a stage is in its audience.
    suppress: previous?.channelId === channelId ? previous.suppress : type === ChannelType.GuildStageVoice,
    ...change,
    channelId,
  };
}
