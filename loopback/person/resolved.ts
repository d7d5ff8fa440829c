import type { APIInteractionDataResolved, ChannelType } from 'discord-api-types/v10';
import { memberPayload, rolePayload } from '../gateway/payloads.ts';
import { permissionsIn } from '../permissions.ts';
import type { Scene } from './envelope.ts';

/** What an id may name. */
export type Kind = 'user' | 'role' | 'channel' | 'mentionable';

/** An id that a person chose, and of which types a channel must be where that matters. */
export interface ChosenId {
  readonly kind: Kind;
  readonly id: string;
  readonly types?: readonly ChannelType[] | undefined;
}

/** The objects behind the ids that a person chose. Throws when an id names nothing of its kind in the guild, or no such channel. */
export function resolve(scene: Scene, chosen: readonly ChosenId[]): APIInteractionDataResolved {
  return chosen.map(({ kind, id, types }) => LOOK_UP[kind](scene, id, types)).reduce(merge, {});
}

type LookUp = (scene: Scene, id: string, types: ChosenId['types']) => APIInteractionDataResolved;

const user: LookUp = ({ world, channel }, id) => {
  const guild = world.guild(channel.guildId);
  const found = world.users.get(id);
  if (found === undefined) throw new Error(`there is no user ${id}`);
  const member = guild.members.get(id);
  if (member === undefined) return { users: { [id]: found } };
  const { user: _user, deaf: _deaf, mute: _mute, ...rest } = memberPayload(world, guild, member);
  return {
    users: { [id]: found },
    members: { [id]: { ...rest, permissions: String(permissionsIn(guild, channel, id)) } },
  };
};

const role: LookUp = ({ world, channel }, id) => {
  const found = world.guild(channel.guildId).roles.get(id);
  if (found === undefined) throw new Error(`there is no role ${id}`);
  return { roles: { [id]: rolePayload(found, 0) } };
};

const channel: LookUp = ({ world, channel: here, user: person }, id, types) => {
  const guild = world.guild(here.guildId);
  const found = guild.channels.get(id);
  if (found === undefined) throw new Error(`there is no channel ${id}`);
  const { name, type } = found;
  // Discord's client offers no others. https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
  if (types?.length && !types.includes(type))
    throw new Error(`channel ${id} is of a type that the option does not take`);
  return { channels: { [id]: { id, name, type, permissions: String(permissionsIn(guild, found, person.id)) } } };
};

const LOOK_UP: Readonly<Record<Kind, LookUp>> = {
  user,
  role,
  channel,
  mentionable: (scene, id, types) => (scene.world.users.has(id) ? user(scene, id, types) : role(scene, id, types)),
};

function merge(left: APIInteractionDataResolved, right: APIInteractionDataResolved): APIInteractionDataResolved {
  const keys = ['users', 'members', 'roles', 'channels'] as const;
  return Object.fromEntries(
    keys.flatMap((key) => (left[key] || right[key] ? [[key, { ...left[key], ...right[key] }]] : [])),
  );
}
