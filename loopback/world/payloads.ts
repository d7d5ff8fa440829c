import {
  ChannelType,
  Locale,
  OverwriteType,
  type APIGuild,
  type APIGuildMember,
  type APIGuildStageVoiceChannel,
  type APIGuildVoiceChannel,
  type APIRole,
  type APITextChannel,
  type APIVoiceState,
} from 'discord-api-types/v10';
import type { World } from '../world.ts';
import type { WorldChannel, WorldGuild, WorldMember, WorldRole, WorldVoiceState } from './types.ts';

// A plain number fits every enum of flags; the literal 0 fits none that has no member for it.
const NO_FLAGS: number = 0;

/** A role as Discord sends it. */
export function rolePayload(role: WorldRole, position = 0): APIRole {
  return {
    id: role.id,
    name: role.name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: String(role.permissions),
    managed: false,
    mentionable: false,
    flags: NO_FLAGS,
  };
}

/** A channel as Discord sends it. */
export function channelPayload(
  channel: WorldChannel,
): APITextChannel | APIGuildVoiceChannel | APIGuildStageVoiceChannel {
  const shared = {
    id: channel.id,
    guild_id: channel.guildId,
    name: channel.name,
    position: 0,
    parent_id: null,
    nsfw: false,
    rate_limit_per_user: 0,
    last_message_id: null,
    permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => ({
      id,
      type: type === 'role' ? OverwriteType.Role : OverwriteType.Member,
      allow: String(allow),
      deny: String(deny),
    })),
  };
  if (channel.type === ChannelType.GuildText) return { ...shared, type: channel.type, topic: null };
  const voice = { ...shared, bitrate: 64_000, user_limit: channel.userLimit, rtc_region: null };
  return channel.type === ChannelType.GuildVoice ? { ...voice, type: channel.type } : { ...voice, type: channel.type };
}

/** A member as Discord sends it, with its user. */
export function memberPayload(world: World, guild: WorldGuild, member: WorldMember): APIGuildMember {
  const user = world.users.get(member.userId);
  if (user === undefined) throw new Error(`there is no user ${member.userId}`);
  const voice = guild.voiceStates.get(member.userId);
  return {
    user,
    nick: null,
    avatar: null,
    banner: null,
    roles: [...member.roles],
    joined_at: member.joinedAt,
    premium_since: null,
    deaf: voice?.serverDeaf ?? false,
    mute: voice?.serverMute ?? false,
    flags: NO_FLAGS,
    pending: false,
    communication_disabled_until: null,
  };
}

/** A voice state as it stands in GUILD_CREATE: without guild_id and member. */
export function voiceStatePayload(state: WorldVoiceState): APIVoiceState {
  return {
    channel_id: state.channelId,
    user_id: state.userId,
    session_id: state.sessionId,
    deaf: state.serverDeaf,
    mute: state.serverMute,
    self_deaf: state.selfDeaf,
    self_mute: state.selfMute,
    self_video: false,
    suppress: state.suppress,
    request_to_speak_timestamp: null,
  };
}

/** A guild as GET /guilds/{id} returns it; GUILD_CREATE adds channels, members and voice states. */
export function guildPayload(guild: WorldGuild): APIGuild {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: guild.ownerId,
    region: null,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    roles: [...guild.roles.values()].map(rolePayload),
    emojis: [],
    features: [],
    mfa_level: 0,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: NO_FLAGS,
    rules_channel_id: null,
    max_members: 500_000,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: 0,
    preferred_locale: Locale.EnglishUS,
    public_updates_channel_id: null,
    nsfw_level: 0,
    stickers: [],
    premium_progress_bar_enabled: false,
    hub_type: null,
    safety_alerts_channel_id: null,
    incidents_data: null,
  };
}
