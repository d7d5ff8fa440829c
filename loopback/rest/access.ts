import { ChannelType, type PermissionFlagsBits } from 'discord-api-types/v10';
import { has, permissionsIn } from '../permissions.ts';
import type { World, WorldApplication, WorldChannel, WorldGuild, WorldMessage } from '../world.ts';
import { ApiError } from './errors.ts';

/** The guild, for a bot that is in it. */
export function guildFor(world: World, me: WorldApplication, guildId: string): WorldGuild {
  const guild = world.guilds.get(guildId);
  if (guild === undefined) throw new ApiError('unknownGuild');
  if (!guild.members.has(me.bot.id)) throw new ApiError('missingAccess');
  return guild;
}

/** The channel for its messages: those of a voice channel take CONNECT, https://discord.com/developers/docs/resources/channel */
export function chatFor(
  world: World,
  me: WorldApplication,
  channelId: string,
  ...needed: readonly (keyof typeof PermissionFlagsBits)[]
): WorldChannel {
  const channel = channelFor(world, me, channelId);
  const permissions = permissionsIn(world.guild(channel.guildId), channel, me.bot.id);
  if (channel.type !== ChannelType.GuildText && !has(permissions, 'Connect')) throw new ApiError('missingAccess');
  return channelFor(world, me, channelId, ...needed);
}

/** The channel, for a bot that can see it and has the permissions. */
export function channelFor(
  world: World,
  me: WorldApplication,
  channelId: string,
  ...needed: readonly (keyof typeof PermissionFlagsBits)[]
): WorldChannel {
  const channel = world.channel(channelId);
  if (channel === undefined) throw new ApiError('unknownChannel');
  const permissions = permissionsIn(world.guild(channel.guildId), channel, me.bot.id);
  if (!has(permissions, 'ViewChannel')) throw new ApiError('missingAccess');
  if (!needed.every((name) => has(permissions, name))) throw new ApiError('missingPermissions');
  return channel;
}

/** A message that everyone in the channel can see: ephemeral ones exist only for their interaction's token. */
export function publicMessage(world: World, channel: WorldChannel, messageId: string): WorldMessage {
  const message = world.messages.get(channel.id)?.get(messageId);
  if (message === undefined || message.onlyFor !== null) throw new ApiError('unknownMessage');
  return message;
}
