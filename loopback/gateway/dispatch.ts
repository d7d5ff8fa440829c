import {
  GatewayDispatchEvents as Event,
  GatewayIntentBits,
  type APIGuildMember,
  type APIMessage,
  type GatewayMessageCreateDispatchData,
} from 'discord-api-types/v10';
import { has, permissionsIn } from '../permissions.ts';
import type { World, WorldChange, WorldGuild, WorldMessage } from '../world.ts';
import { applicationFlags, includes, readable } from './intents.ts';
import { channelPayload, guildPayload, memberPayload, rolePayload, voiceStatePayload } from './payloads.ts';
import type { GatewaySession } from './session.ts';

/** READY, then every guild of the session's shard. `allowed` are the privileged intents that the application has. */
export function greet(world: World, session: GatewaySession, resumeUrl: string, allowed: number): void {
  const guilds = [...world.guilds.values()].filter(
    ({ id, members }) => members.has(session.botId) && session.carries(id),
  );
  session.dispatch(Event.Ready, {
    v: 10,
    user: { ...session.application.bot, verified: true, mfa_enabled: false, email: null, flags: 0 },
    guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
    session_id: session.id,
    session_type: 'normal',
    resume_gateway_url: resumeUrl,
    shard: session.shard,
    application: { id: session.application.id, flags: applicationFlags(allowed) },
  });
  for (const guild of guilds) introduce(world, session, guild);
}

/** Tells a session of a guild: all of it, or that it cannot be reached for now. */
function introduce(world: World, session: GatewaySession, guild: WorldGuild): void {
  session.guilds.add(guild.id);
  if (!guild.available) return session.dispatch(Event.GuildDelete, { id: guild.id, unavailable: true });
  const seesPresences = includes(session.intents, GatewayIntentBits.GuildPresences);
  const viewer = { userId: session.botId, seesPresences, largeThreshold: session.largeThreshold };
  session.dispatch(Event.GuildCreate, guildPayload(world, guild, viewer));
}

/** Tells one change of the world to every session that may know of it. */
export function tell(world: World, sessions: Iterable<GatewaySession>, change: WorldChange): void {
  for (const session of sessions) tellOne(world, session, change);
}

function tellOne(world: World, session: GatewaySession, change: WorldChange): void {
  if (change.type === 'interaction') {
    const { applicationId, interaction } = change;
    const mine = session.application.id === applicationId && session.carries(interaction.guild_id ?? '0');
    return mine ? session.dispatch(Event.InteractionCreate, interaction) : undefined;
  }
  const arriving = arrival(world, session, change);
  if (arriving) introduce(world, session, arriving);
  const guildId = 'message' in change ? change.message.guildId : change.guildId;
  if (session.guilds.has(guildId)) tellMember(world, session, change);
}

/** The guild that comes into the session's sight with this change, if one does. */
function arrival(world: World, session: GatewaySession, change: WorldChange): WorldGuild | null {
  const arrives =
    change.type === 'guild-available' || (change.type === 'member-added' && change.member.userId === session.botId);
  const guild = arrives ? world.guild(change.guildId) : null;
  return guild?.members.has(session.botId) && session.carries(guild.id) ? guild : null;
}

/** The session is in the guild. An unavailable guild is silent, but for the news of its own coming and going. */
function tellMember(world: World, session: GatewaySession, change: WorldChange): void {
  switch (change.type) {
    case 'guild-unavailable':
      return session.dispatch(Event.GuildDelete, { id: change.guildId, unavailable: true });
    case 'guild-removed':
      session.guilds.delete(change.guildId);
      return session.dispatch(Event.GuildDelete, { id: change.guildId });
    case 'message-created':
    case 'message-edited':
      return tellMessage(world, session, change.type, change.message);
    case 'message-deleted':
      if (change.onlyFor !== null || !seesChannel(world, session, change.guildId, change.channelId)) return;
      return session.dispatch(Event.MessageDelete, {
        id: change.id,
        channel_id: change.channelId,
        guild_id: change.guildId,
      });
    case 'voice-state': {
      const guild = world.guild(change.guildId);
      if (!guild.available) return;
      const { userId, state, previous } = change;
      return session.dispatch(Event.VoiceStateUpdate, voiceStatePayload(world, guild, userId, state, previous));
    }
    case 'channel-created':
    case 'channel-changed':
    case 'channel-deleted': {
      const position = [...world.guild(change.guildId).channels.keys()].indexOf(change.channel.id);
      return session.dispatch(CHANNEL_EVENTS[change.type], channelPayload(change.channel, Math.max(0, position)));
    }
    case 'role-created':
    case 'role-changed': {
      const position = [...world.guild(change.guildId).roles.keys()].indexOf(change.role.id);
      const event = change.type === 'role-created' ? Event.GuildRoleCreate : Event.GuildRoleUpdate;
      return session.dispatch(event, { guild_id: change.guildId, role: rolePayload(change.role, position) });
    }
    case 'member-added': {
      if (change.member.userId === session.botId) return;
      const member = memberPayload(world, world.guild(change.guildId), change.member);
      return session.dispatch(Event.GuildMemberAdd, { ...member, guild_id: change.guildId });
    }
    case 'member-removed': {
      const { userId } = change.member;
      if (userId !== session.botId) {
        return session.dispatch(Event.GuildMemberRemove, { guild_id: change.guildId, user: world.users.get(userId) });
      }
      session.guilds.delete(change.guildId);
      return session.dispatch(Event.GuildDelete, { id: change.guildId });
    }
    case 'guild-available':
    case 'interaction':
      return undefined;
  }
}

const CHANNEL_EVENTS = {
  'channel-created': Event.ChannelCreate,
  'channel-changed': Event.ChannelUpdate,
  'channel-deleted': Event.ChannelDelete,
} as const;

/** Ephemeral messages exist for one person only; bots are not told of them. */
function tellMessage(
  world: World,
  session: GatewaySession,
  type: 'message-created' | 'message-edited',
  { message, guildId, onlyFor }: WorldMessage,
): void {
  if (onlyFor !== null || !seesChannel(world, session, guildId, message.channel_id)) return;
  const event = type === 'message-created' ? Event.MessageCreate : Event.MessageUpdate;
  session.dispatch(event, inGuild(world, guildId, readable(message, session.intents, session.botId)));
}

function inGuild(world: World, guildId: string, message: APIMessage): GatewayMessageCreateDispatchData {
  const guild = world.guild(guildId);
  const memberOf = (userId: string): { member?: Omit<APIGuildMember, 'user'> } => {
    const found = guild.members.get(userId);
    if (!found) return {};
    const { user: _user, ...member } = memberPayload(world, guild, found);
    return { member };
  };
  const mentions = message.mentions.map((user) => ({ ...user, ...memberOf(user.id) }));
  return { ...message, guild_id: guildId, ...memberOf(message.author.id), mentions };
}

function seesChannel(world: World, session: GatewaySession, guildId: string, channelId: string): boolean {
  const guild = world.guilds.get(guildId);
  const channel = guild?.channels.get(channelId);
  return (
    guild !== undefined &&
    channel !== undefined &&
    guild.available &&
    has(permissionsIn(guild, channel, session.botId), 'ViewChannel')
  );
}
