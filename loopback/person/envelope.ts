import { randomBytes } from 'node:crypto';
import {
  ApplicationIntegrationType,
  InteractionContextType,
  Locale,
  type APIBaseInteraction,
  type APIUser,
  type InteractionType,
} from 'discord-api-types/v10';
import { channelPayload, memberPayload } from '../gateway/payloads.ts';
import { permissionsIn } from '../permissions.ts';
import type { World, WorldApplication, WorldChannel } from '../world.ts';

/** The bytes of one file that a person without a subscription may send. */
export const ATTACHMENT_LIMIT = 10 * 1024 * 1024;

/** Who does something, where, and whose application it is for. */
export interface Scene {
  readonly world: World;
  readonly application: WorldApplication;
  readonly channel: WorldChannel;
  readonly user: APIUser;
}

/**
 * What every interaction in a guild carries besides its data.
 * https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-structure
 */
export function envelope<Type extends InteractionType>({ world, application, channel, user }: Scene, type: Type) {
  const guild = world.guild(channel.guildId);
  const member = guild.members.get(user.id);
  if (member === undefined) throw new Error(`${user.username} is not a member of ${guild.name}`);
  return {
    id: world.nextId(),
    application_id: application.id,
    type,
    token: randomBytes(96).toString('base64url'),
    version: 1,
    guild_id: guild.id,
    guild: { id: guild.id, features: [], locale: Locale.EnglishUS },
    channel_id: channel.id,
    channel: channelPayload(channel, 0),
    member: {
      ...memberPayload(world, guild, member),
      user,
      permissions: String(permissionsIn(guild, channel, user.id)),
    },
    app_permissions: String(permissionsIn(guild, channel, application.bot.id)),
    locale: Locale.EnglishUS,
    guild_locale: Locale.EnglishUS,
    entitlements: [],
    authorizing_integration_owners: { [ApplicationIntegrationType.GuildInstall]: guild.id },
    context: InteractionContextType.Guild,
    attachment_size_limit: ATTACHMENT_LIMIT,
  } satisfies APIBaseInteraction<Type, never>;
}
