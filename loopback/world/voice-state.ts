import { ChannelType } from 'discord-api-types/v10';
import { has, permissionsIn } from '../permissions.ts';
import type { VoiceChange, WorldChannel, WorldGuild, WorldVoiceState } from './types.ts';

/** The state of a member in a voice channel of the guild after a change. Throws when the channel is none. */
export function nextVoiceState(
  guild: WorldGuild,
  channel: WorldChannel,
  userId: string,
  change: VoiceChange | null,
): WorldVoiceState {
  if (channel.type === ChannelType.GuildText) throw new Error(`#${channel.name} is not a voice channel`);
  const previous = guild.voiceStates.get(userId) ?? null;
  const next = {
    guildId: guild.id,
    userId,
    sessionId: crypto.randomUUID().replaceAll('-', ''),
    selfMute: false,
    selfDeaf: false,
    serverMute: false,
    serverDeaf: false,
    ...previous,
    ...change,
    channelId: channel.id,
  };
  return { ...next, suppress: suppresses(guild, channel, previous, userId, change) };
}

/**
 * Whether the member's permission to speak is denied. Whoever comes to a stage is in its audience until called up:
 * https://discord.com/developers/docs/resources/voice#voice-state-object
 */
function suppresses(
  guild: WorldGuild,
  channel: WorldChannel,
  previous: WorldVoiceState | null,
  userId: string,
  change: VoiceChange | null,
): boolean {
  if (channel.type !== ChannelType.GuildStageVoice) return !has(permissionsIn(guild, channel, userId), 'Speak');
  return change?.suppress ?? (previous?.channelId === channel.id ? previous.suppress : true);
}

/** Whether others hear what the member says. */
export const isAudible = ({ selfMute, serverMute, suppress }: WorldVoiceState): boolean =>
  !selfMute && !serverMute && !suppress;

/** Who is in voice with a `suppress` that no longer follows from the permissions. */
export const misjudged = (guild: WorldGuild): string[] =>
  [...guild.voiceStates.values()].flatMap(({ userId, channelId, suppress }) => {
    const channel = guild.channels.get(channelId);
    return channel && nextVoiceState(guild, channel, userId, null).suppress !== suppress ? [userId] : [];
  });
