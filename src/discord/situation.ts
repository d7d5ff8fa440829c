import { PermissionFlagsBits, type Guild, type Interaction, type VoiceBasedChannel } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { SettingsView } from '../settings/settings-manager.ts';
import { countPeople, peopleIn } from './audience.ts';
import type { HouseRules, Situation, Standing, VoiceRoom } from './guards.ts';

/** Whose word counts where: what each guild has decided, and the name of the operator's role of DJs, in any case. */
export interface House {
  readonly settings: SettingsView;
  readonly djRole: string;
}

/** Reads from the caches of the client who asked from where, and where the bot is. Throws STARTING while Discord has not told. */
export function situationOf(interaction: Interaction, house: House): Situation {
  const { guild, guildId } = interaction;
  const standing = standingOf(interaction, house);
  const rules = rulesFor(interaction, house);
  if (guildId === null) return { guildId, standing, rules, person: null, bot: null, present: [] };
  // A guild whose server is down is known by its id alone: nobody is in voice there, as it seems.
  if (!guild?.members.me) throw new TenutoError('STARTING');
  const personIn = voiceChannelOf(guild, interaction.user.id);
  const botIn = voiceChannelOf(guild, interaction.client.user.id);
  const room = botIn ?? personIn;
  return {
    guildId,
    standing,
    rules,
    person: personIn === null ? null : voiceRoom(guild, personIn),
    bot: botIn === null ? null : { channelId: botIn, listeners: countPeople(guild, botIn) },
    present: room === null ? [] : peopleIn(guild, room),
  };
}

/** A role of the guild's own takes the place of the operator's, whose name is compared without case. */
function standingOf(interaction: Interaction, { settings, djRole: name }: House): Standing {
  const own = settings.of(interaction.guildId ?? '').djRole;
  const wanted = name.toLowerCase();
  const roles = interaction.inCachedGuild() ? interaction.member.roles.cache : null;
  return {
    manages: interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild) === true,
    dj: roles?.some((role) => (own === null ? role.name.toLowerCase() === wanted : role.id === own)) === true,
    // The mention of a role shows its name, and the answers of this bot ping nobody.
    djRole: own === null ? `"${name}"` : `<@&${own}>`,
  };
}

function rulesFor({ guildId, user, channel, channelId }: Interaction, { settings }: House): HouseRules {
  const { djRole, blockedUsers, allowedChannels } = settings.of(guildId ?? '');
  // What is written in a thread is written in its channel.
  const places = new Set([channelId, channel?.isThread() === true ? channel.parentId : null]);
  return {
    djOnly: djRole !== null,
    blocked: blockedUsers.includes(user.id),
    channels: allowedChannels.some((id) => places.has(id)) ? [] : allowedChannels,
  };
}

function voiceChannelOf(guild: Guild, userId: string): string | null {
  return guild.voiceStates.cache.get(userId)?.channelId ?? null;
}

function voiceRoom(guild: Guild, channelId: string): VoiceRoom {
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
