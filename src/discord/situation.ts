import { PermissionFlagsBits, type Guild, type Interaction, type Role, type VoiceBasedChannel } from 'discord.js';
import { TenutoError } from '../lib/errors.ts';
import type { SettingsView } from '../settings/settings-manager.ts';
import { countPeople, peopleIn } from './audience.ts';
import type { HouseRules, Situation, Standing, VoiceRoom } from './guards.ts';

/** Whose word counts where: what each guild has decided, and the name of the operator's role of DJs, in any case. */
export interface House {
  readonly settings: SettingsView;
  readonly djRole: string;
}

/** Who asks, and where. */
export interface Asker {
  readonly guild: Guild | null;
  readonly guildId: string | null;
  readonly userId: string;
  /** The text channel, and the one of which it is a thread. */
  readonly places: readonly string[];
  readonly roles: readonly Pick<Role, 'id' | 'name'>[];
  /** Has "Manage Server". */
  readonly manages: boolean;
}

/** Who typed or pressed something. */
export function askerOf(interaction: Interaction): Asker {
  const { guild, guildId, user, channel, channelId } = interaction;
  // What is written in a thread is written in its channel.
  const places = [channelId, channel?.isThread() === true ? channel.parentId : null];
  return {
    guild,
    guildId,
    userId: user.id,
    places: places.filter((id) => id !== null),
    roles: interaction.inCachedGuild() ? [...interaction.member.roles.cache.values()] : [],
    manages: interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild) === true,
  };
}

/** Who wrote a message, with the ids of the roles that came with it. */
export function writerOf(
  guild: Guild | null,
  guildId: string,
  channelId: string,
  userId: string,
  roleIds: readonly string[],
): Asker {
  // Everybody has the role whose id is the guild's.
  const roles = [guildId, ...roleIds].flatMap((id) => guild?.roles.cache.get(id) ?? []);
  const manages = roles.some(({ permissions }) => permissions.has(PermissionFlagsBits.ManageGuild));
  return { guild, guildId, userId, places: [channelId], roles, manages: manages || guild?.ownerId === userId };
}

/** Reads from the caches of the client who asked from where, and where the bot is. Throws STARTING while Discord has not told. */
export function situationOf(asker: Asker, house: House): Situation {
  const { guild, guildId } = asker;
  const standing = standingOf(asker, house);
  const rules = rulesFor(asker, house);
  if (guildId === null) return { guildId, standing, rules, person: null, bot: null, present: [] };
  // A guild whose server is down is known by its id alone: nobody is in voice there, as it seems.
  if (!guild?.members.me) throw new TenutoError('STARTING');
  const personIn = voiceChannelOf(guild, asker.userId);
  const botIn = voiceChannelOf(guild, guild.members.me.id);
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
function standingOf({ guildId, roles, manages }: Asker, { settings, djRole: name }: House): Standing {
  const own = settings.of(guildId ?? '').djRole;
  const wanted = name.toLowerCase();
  return {
    manages,
    dj: roles.some((role) => (own === null ? role.name.toLowerCase() === wanted : role.id === own)),
    // The mention of a role shows its name, and the answers of this bot ping nobody.
    djRole: own === null ? `"${name}"` : `<@&${own}>`,
  };
}

function rulesFor({ guildId, userId, places }: Asker, { settings }: House): HouseRules {
  const { djRole, blockedUsers, allowedChannels, requestChannelId } = settings.of(guildId ?? '');
  const isAllowed = [...allowedChannels, requestChannelId].some((id) => id !== null && places.includes(id));
  return {
    djOnly: djRole !== null,
    blocked: blockedUsers.includes(userId),
    channels: isAllowed ? [] : allowedChannels,
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
