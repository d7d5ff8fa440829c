import { ApplicationCommandType, type APIApplicationCommand } from 'discord-api-types/v10';
import type { World, WorldApplication } from '../world.ts';
import { ApiError } from './errors.ts';
import { LIMITS } from './rate-limit.ts';
import { created, NOTHING, ok, route, type AnyRoute, type Call } from './route.ts';
import { commandBodies, commandBody, commandChanges, type CommandBody } from './validate/commands.ts';
import { parse } from './validate/form.ts';

/** https://discord.com/developers/docs/interactions/application-commands#registering-a-command: 100 of chat input, 15 of the menus. */
const most = (type: ApplicationCommandType): number => (type === ApplicationCommandType.ChatInput ? 100 : 15);

/** The same routes exist for all guilds and for one. */
const SCOPES = ['/applications/:application/commands', '/applications/:application/guilds/:guild/commands'] as const;

/** Registering commands. */
export const COMMAND_ROUTES: readonly AnyRoute[] = SCOPES.flatMap((path): AnyRoute[] => [
  route({
    method: 'GET',
    path,
    limit: LIMITS.commandsRead,
    handle: (call, me) => ok(scopeOf(call, me).all.map(listed(call.query))),
  }),
  route({
    method: 'PUT',
    path,
    limit: LIMITS.commandsWrite,
    handle: (call, me) => {
      const { all, save, guildId } = scopeOf(call, me);
      const bodies = parse(commandBodies, call.body);
      return ok(save(bodies.map((body) => build(call.world, me, guildId, body, namesake(all, body)))));
    },
  }),
  route({
    method: 'POST',
    path,
    limit: LIMITS.commandsWrite,
    handle: (call, me) => {
      const { all, save, guildId } = scopeOf(call, me);
      const body = parse(commandBody, call.body);
      const before = namesake(all, body);
      const command = build(call.world, me, guildId, body, before);
      save([...all.filter((other) => other !== before), command]);
      return before === undefined ? created(command) : ok(command);
    },
  }),
  route({
    method: 'GET',
    path: `${path}/:command`,
    limit: LIMITS.commandsRead,
    handle: (call, me) => ok(existing(scopeOf(call, me).all, call.parameters.command)),
  }),
  route({
    method: 'PATCH',
    path: `${path}/:command`,
    limit: LIMITS.commandsWrite,
    handle: (call, me) => {
      const { all, save, guildId } = scopeOf(call, me);
      const before = existing(all, call.parameters.command);
      const body = parse(commandBody, { ...before, ...parse(commandChanges, call.body), type: before.type });
      const command = build(call.world, me, guildId, body, before);
      save(all.map((other) => (other === before ? command : other)));
      return ok(command);
    },
  }),
  route({
    method: 'DELETE',
    path: `${path}/:command`,
    limit: LIMITS.commandsWrite,
    handle: (call, me) => {
      const { all, save } = scopeOf(call, me);
      const gone = existing(all, call.parameters.command);
      save(all.filter((other) => other !== gone));
      return NOTHING;
    },
  }),
]);

/** The commands that a path speaks of, and the one way to change them. */
function scopeOf({ world, parameters }: Call<'application'>, me: WorldApplication) {
  if (parameters.application !== me.id) throw new ApiError('notYourApplication');
  const guildId = 'guild' in parameters && typeof parameters.guild === 'string' ? parameters.guild : null;
  if (guildId !== null && !world.guilds.get(guildId)?.members.has(me.bot.id)) throw new ApiError('missingAccess');
  const scope = guildId ?? 'global';
  const save = (commands: APIApplicationCommand[]): APIApplicationCommand[] => {
    const crowded = commands.some(({ type }) => commands.filter((other) => other.type === type).length > most(type));
    if (crowded) throw new ApiError('tooManyCommands');
    me.commands.set(scope, commands);
    return commands;
  };
  return { guildId, all: me.commands.get(scope) ?? [], save };
}

function existing(all: readonly APIApplicationCommand[], id: string): APIApplicationCommand {
  const command = all.find((one) => one.id === id);
  if (command === undefined) throw new ApiError('unknownCommand');
  return command;
}

const namesake = (all: readonly APIApplicationCommand[], { name, type }: CommandBody) =>
  all.find((one) => one.name === name && one.type === (type ?? ApplicationCommandType.ChatInput));

/** The command as Discord stores it. One of the same name keeps its id. */
function build(
  world: World,
  me: WorldApplication,
  guildId: string | null,
  body: CommandBody,
  before: APIApplicationCommand | undefined,
): APIApplicationCommand {
  return {
    id: before?.id ?? world.nextId(),
    application_id: me.id,
    version: world.nextId(),
    type: body.type ?? ApplicationCommandType.ChatInput,
    name: body.name,
    name_localizations: body.name_localizations ?? null,
    description: body.description ?? '',
    description_localizations: body.description_localizations ?? null,
    default_member_permissions: body.default_member_permissions ?? null,
    dm_permission: body.dm_permission ?? true,
    nsfw: body.nsfw ?? false,
    ...(body.options?.length && { options: body.options }),
    ...(guildId === null
      ? { contexts: body.contexts ?? null, integration_types: body.integration_types ?? [0] }
      : { guild_id: guildId }),
  };
}

/** Lists leave the localizations out unless they are asked for. */
const listed = (query: URLSearchParams) => (command: APIApplicationCommand) => {
  if (query.get('with_localizations') === 'true') return command;
  const { name_localizations: _names, description_localizations: _descriptions, ...rest } = command;
  return rest;
};
