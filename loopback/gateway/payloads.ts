import {
  ChannelType,
  GuildDefaultMessageNotifications,
  GuildExplicitContentFilter,
  GuildMFALevel,
  GuildNSFWLevel,
  GuildPremiumTier,
  GuildVerificationLevel,
  Locale,
  OverwriteType,
  type APIGuildMember,
  type APIRole,
  type APIVoiceState,
  type GatewayGuildCreateDispatchData,
} from 'discord-api-types/v10';
import type { World, WorldChannel, WorldGuild, WorldMember, WorldRole, WorldVoiceState } from '../world.ts';

/** As `number`, because the flag enums have no name for "none". */
const NO_FLAGS: number = 0;

/** A role as the API shows it. */
export function rolePayload(role: WorldRole, position: number): APIRole {
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

type ChannelPayload = GatewayGuildCreateDispatchData['channels'][number];

/** A guild channel as the API shows it. */
export function channelPayload(channel: WorldChannel, position: number): ChannelPayload {
  const common = {
    id: channel.id,
    guild_id: channel.guildId,
    name: channel.name,
    position,
    parent_id: null,
    nsfw: false,
    flags: 0,
    rate_limit_per_user: 0,
    permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => ({
      id,
      type: type === 'role' ? OverwriteType.Role : OverwriteType.Member,
      allow: String(allow),
      deny: String(deny),
    })),
  };
  if (channel.type === ChannelType.GuildText) {
    return { ...common, type: channel.type, topic: null, last_message_id: null };
  }
  return {
    ...common,
    type: channel.type,
    bitrate: 64_000,
    user_limit: channel.userLimit,
    rtc_region: null,
    last_message_id: null,
  };
}

/** A member with its user, as the API shows it. Throws when the world does not know the user: that is a bug of the double. */
export function memberPayload(world: World, guild: WorldGuild, member: WorldMember): APIGuildMember {
  const user = world.users.get(member.userId);
  if (!user) throw new Error(`guild ${guild.id} has the member ${member.userId}, who is no user`);
  const voice = guild.voiceStates.get(member.userId);
  return {
    user,
    roles: [...member.roles],
    joined_at: member.joinedAt,
    nick: null,
    avatar: null,
    banner: null,
    premium_since: null,
    communication_disabled_until: null,
    pending: false,
    deaf: voice?.serverDeaf ?? false,
    mute: voice?.serverMute ?? false,
    flags: NO_FLAGS,
  };
}

/** What VOICE_STATE_UPDATE carries; a member in no channel has `state` null and keeps the session id that it had. */
export function voiceStatePayload(
  world: World,
  guild: WorldGuild,
  userId: string,
  state: WorldVoiceState | null,
  previous: WorldVoiceState | null,
): APIVoiceState {
  const last = state ?? previous;
  const member = guild.members.get(userId);
  return {
    guild_id: guild.id,
    channel_id: state?.channelId ?? null,
    user_id: userId,
    session_id: last?.sessionId ?? '',
    deaf: last?.serverDeaf ?? false,
    mute: last?.serverMute ?? false,
    self_deaf: last?.selfDeaf ?? false,
    self_mute: last?.selfMute ?? false,
    self_video: false,
    suppress: last?.suppress ?? false,
    request_to_speak_timestamp: null,
    ...(member && { member: memberPayload(world, guild, member) }),
  };
}

/**
 * What GUILD_CREATE carries. Without the presence intent, and in guilds above the viewer's threshold, Discord lists only the bot
 * itself and those who are in voice: https://discord.com/developers/docs/events/gateway-events#guild-create
 */
export function guildPayload(
  world: World,
  guild: WorldGuild,
  viewer: { readonly userId: string; readonly seesPresences: boolean; readonly largeThreshold: number },
): GatewayGuildCreateDispatchData {
  const large = guild.members.size > viewer.largeThreshold;
  const listed = [...guild.members.values()].filter(
    ({ userId }) => (viewer.seesPresences && !large) || userId === viewer.userId || guild.voiceStates.has(userId),
  );
  return {
    id: guild.id,
    // discord.js takes a guild for available again only when this says so.
    unavailable: false,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: guild.ownerId,
    afk_channel_id: null,
    afk_timeout: 300,
    widget_enabled: false,
    verification_level: GuildVerificationLevel.None,
    default_message_notifications: GuildDefaultMessageNotifications.OnlyMentions,
    explicit_content_filter: GuildExplicitContentFilter.Disabled,
    roles: [...guild.roles.values()].map(rolePayload),
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: GuildMFALevel.None,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: NO_FLAGS,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    max_members: 500_000,
    max_video_channel_users: 25,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: GuildPremiumTier.None,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: Locale.EnglishUS,
    nsfw_level: GuildNSFWLevel.Default,
    hub_type: null,
    incidents_data: null,
    joined_at: guild.members.get(viewer.userId)?.joinedAt ?? new Date(0).toISOString(),
    large,
    member_count: guild.members.size,
    voice_states: [...guild.voiceStates.values()].map((state) => {
      const { guild_id: _guild, member: _member, ...rest } = voiceStatePayload(world, guild, state.userId, state, null);
      return rest;
    }),
    members: listed.map((member) => memberPayload(world, guild, member)),
    channels: [...guild.channels.values()].map(channelPayload),
    threads: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
