import type { APIApplicationCommand, ApplicationCommandType } from 'discord-api-types/v10';
import { has, permissionsIn } from '../permissions.ts';
import type { WorldApplication } from '../world.ts';
import type { Scene } from './envelope.ts';

/** A command that a person finds where they are, and whose it is. */
export interface Registered {
  readonly application: WorldApplication;
  readonly command: APIApplicationCommand;
}

/**
 * The command of this type and name that the person may use in the channel. Commands of the guild come before global ones of
 * the same name. Throws when Discord's client would not offer one; `shown` is how people call it.
 */
export function registered(
  { world, channel, user }: Omit<Scene, 'application'>,
  type: ApplicationCommandType,
  name: string,
  shown: string,
): Registered {
  const guild = world.guild(channel.guildId);
  const permissions = permissionsIn(guild, channel, user.id);
  if (!has(permissions, 'UseApplicationCommands'))
    throw new Error(`${user.username} may not use commands in #${channel.name}`);
  const here = [...world.applications.values()].filter(({ bot }) => guild.members.has(bot.id));
  const found = [channel.guildId, 'global']
    .flatMap((scope) =>
      here.flatMap((application) =>
        (application.commands.get(scope) ?? []).map((command) => ({ application, command })),
      ),
    )
    .find(({ command }) => command.type === type && command.name === name);
  if (found === undefined) throw new Error(`no command ${shown} is registered`);
  const needed = found.command.default_member_permissions;
  // '0' names no permission: the command is for administrators.
  const lacking = needed === '0' || (needed !== null && (permissions & BigInt(needed)) !== BigInt(needed));
  if (lacking && !has(permissions, 'Administrator')) throw new Error(`${user.username} may not use ${shown}`);
  return found;
}
