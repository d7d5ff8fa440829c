import { PermissionFlagsBits, type Guild, type Interaction, type VoiceBasedChannel } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import { countPeople } from './audience.ts';
import type { Situation, Standing, VoiceRoom } from './guards.ts';

/** Reads from the caches of the client who asked from where, and where the bot is. Throws STARTING while Discord has not told. */
export function situationOf(interaction: Interaction, djRole: string): Situation {
  const { guild, guildId } = interaction;
  const standing = standingOf(interaction, djRole);
  if (guildId === null) return { guildId, standing, person: null, bot: null };
  // A guild whose server is down is known by its id alone: nobody is in voice there, as it seems.
  if (!guild?.members.me) throw new TenutoError('STARTING');
  const personIn = voiceChannelOf(guild, interaction.user.id);
  const botIn = voiceChannelOf(guild, interaction.client.user.id);
  return {
    guildId,
    standing,
    person: personIn === null ? null : room(guild, personIn),
    bot: botIn === null ? null : { channelId: botIn, listeners: countPeople(guild, botIn) },
  };
}

/** Role names are compared without case; the guild's data must be there to know them. */
function standingOf(interaction: Interaction, djRole: string): Standing {
  const wanted = djRole.toLowerCase();
  const isDj =
    interaction.inCachedGuild() && interaction.member.roles.cache.some(({ name }) => name.toLowerCase() === wanted);
  return { manages: isDj || interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild) === true, djRole };
}

function voiceChannelOf(guild: Guild, userId: string): string | null {
  return guild.voiceStates.cache.get(userId)?.channelId ?? null;
}

function room(guild: Guild, channelId: string): VoiceRoom {
  const channel = guild.channels.cache.get(channelId);
  const permissions = guild.members.me && channel?.permissionsFor(guild.members.me);
  const may = (permission: bigint) => permissions?.has(permission) === true;
  return {
    id: channelId,
    view: may(PermissionFlagsBits.ViewChannel),
    connect: may(PermissionFlagsBits.Connect),
    speak: may(PermissionFlagsBits.Speak),
    full: channel?.isVoiceBased() === true && isFull(guild, channel) && !may(PermissionFlagsBits.MoveMembers),
  };
}

/** A limit of 0 is no limit. Members that can move others may join a full channel. */
function isFull(guild: Guild, { id, userLimit }: VoiceBasedChannel): boolean {
  return userLimit > 0 && guild.voiceStates.cache.filter(({ channelId }) => channelId === id).size >= userLimit;
}
