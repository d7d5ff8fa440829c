import { PermissionFlagsBits } from 'discord-api-types/v10';
import type { WorldChannel, WorldGuild } from './world/types.ts';

/** Every permission there is. */
export const ALL_PERMISSIONS: bigint = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

/** What @everyone may do in a guild that nobody has configured yet. */
export const DEFAULT_PERMISSIONS: bigint = [
  PermissionFlagsBits.AddReactions,
  PermissionFlagsBits.AttachFiles,
  PermissionFlagsBits.ChangeNickname,
  PermissionFlagsBits.Connect,
  PermissionFlagsBits.CreateInstantInvite,
  PermissionFlagsBits.CreatePublicThreads,
  PermissionFlagsBits.EmbedLinks,
  PermissionFlagsBits.MentionEveryone,
  PermissionFlagsBits.ReadMessageHistory,
  PermissionFlagsBits.RequestToSpeak,
  PermissionFlagsBits.SendMessages,
  PermissionFlagsBits.SendMessagesInThreads,
  PermissionFlagsBits.Speak,
  PermissionFlagsBits.Stream,
  PermissionFlagsBits.UseApplicationCommands,
  PermissionFlagsBits.UseEmbeddedActivities,
  PermissionFlagsBits.UseExternalEmojis,
  PermissionFlagsBits.UseExternalStickers,
  PermissionFlagsBits.UseSoundboard,
  PermissionFlagsBits.UseVAD,
  PermissionFlagsBits.ViewChannel,
].reduce((all, bit) => all | bit, 0n);

/** What a member may do in the guild before any channel's overwrites; nothing for those who are not members. */
export function basePermissions(guild: WorldGuild, userId: string): bigint {
  const member = guild.members.get(userId);
  if (member === undefined) return 0n;
  if (guild.ownerId === userId) return ALL_PERMISSIONS;
  const granted = [guild.id, ...member.roles].reduce((all, id) => all | (guild.roles.get(id)?.permissions ?? 0n), 0n);
  return has(granted, 'Administrator') ? ALL_PERMISSIONS : granted;
}

/** What nobody can do in a channel in which they may not send messages. */
const WITH_MESSAGES: bigint = [
  PermissionFlagsBits.MentionEveryone,
  PermissionFlagsBits.SendTTSMessages,
  PermissionFlagsBits.AttachFiles,
  PermissionFlagsBits.EmbedLinks,
].reduce((all, bit) => all | bit, 0n);

/**
 * What a member may do in a channel: the base, then the overwrites of @everyone, of its roles together, and its own, and at last
 * what a denied permission denies with it. https://discord.com/developers/docs/topics/permissions#permission-overwrites
 */
export function permissionsIn(guild: WorldGuild, channel: WorldChannel, userId: string): bigint {
  const base = basePermissions(guild, userId);
  if (has(base, 'Administrator')) return base;
  const roles = guild.members.get(userId)?.roles ?? [];
  const steps = [
    channel.overwrites.filter(({ type, id }) => type === 'role' && id === guild.id),
    channel.overwrites.filter(({ type, id }) => type === 'role' && id !== guild.id && roles.includes(id)),
    channel.overwrites.filter(({ type, id }) => type === 'member' && id === userId),
  ];
  const explicit = steps.reduce((permissions, overwrites) => {
    const denied = overwrites.reduce((all, { deny }) => all | deny, 0n);
    const allowed = overwrites.reduce((all, { allow }) => all | allow, 0n);
    return (permissions & ~denied) | allowed;
  }, base);
  if (!has(explicit, 'ViewChannel')) return 0n;
  return has(explicit, 'SendMessages') ? explicit : explicit & ~WITH_MESSAGES;
}

/** Whether a set of permissions contains the one named. */
export const has = (permissions: bigint, name: keyof typeof PermissionFlagsBits): boolean =>
  (permissions & PermissionFlagsBits[name]) !== 0n;

/** Why a member cannot enter a voice channel, or null when it can. Those who may move members pass a full channel's limit. */
export function joinRefusal(guild: WorldGuild, channel: WorldChannel, userId: string): 'permission' | 'full' | null {
  const permissions = permissionsIn(guild, channel, userId);
  if (!has(permissions, 'ViewChannel') || !has(permissions, 'Connect')) return 'permission';
  const others = [...guild.voiceStates.values()].filter(
    (state) => state.channelId === channel.id && state.userId !== userId,
  );
  const full = channel.userLimit > 0 && others.length >= channel.userLimit;
  return full && !has(permissions, 'MoveMembers') ? 'full' : null;
}
