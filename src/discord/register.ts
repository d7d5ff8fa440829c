import { createHash } from 'node:crypto';
import { InteractionContextType, Routes, type REST } from 'discord.js';
import type { Logger } from 'pino';
import type { Command, CommandGroup, MessageCommand } from '../commands/command.ts';
import type { Store } from '../storage/store.ts';

export interface RegistrationParts {
  readonly rest: Pick<REST, 'put'>;
  readonly applicationId: string;
  /** Only these guilds get the commands, and at once; empty: every guild does. */
  readonly guildIds: readonly string[];
  readonly store: Pick<Store, 'get' | 'set' | 'deleteMany' | 'keys'>;
  readonly log: Logger;
}

const GLOBAL = 'global';

/**
 * Registers the commands where they changed since the last time, and takes them away where they are no longer wanted
 * (or people would see them twice). Never rejects: the next start tries again, and what is registered goes on working.
 */
export async function registerCommands(
  commands: readonly Pick<Command | CommandGroup | MessageCommand, 'data'>[],
  parts: RegistrationParts,
): Promise<void> {
  const prefix = `commands:hash:${parts.applicationId}:`;
  const wanted: readonly string[] = parts.guildIds.length > 0 ? parts.guildIds : [GLOBAL];
  /** One wrong id, or one guild that the bot has left, is no reason to leave out the others. */
  const attempt = async (scope: string, work: () => Promise<void>) => {
    await work().catch((error: unknown) => {
      parts.log.warn({ scope, error }, 'commands not registered, the next start tries again');
    });
  };
  for (const scope of wanted) await attempt(scope, () => register(commands, scope, `${prefix}${scope}`, parts));
  await attempt('unwanted', async () => {
    const known = (await parts.store.keys(prefix)).map((key) => key.slice(prefix.length));
    for (const scope of known.filter((scope) => !wanted.includes(scope)))
      await attempt(scope, () => withdraw(scope, `${prefix}${scope}`, parts));
  });
}

async function register(
  commands: readonly Pick<Command | CommandGroup | MessageCommand, 'data'>[],
  scope: string,
  key: string,
  parts: RegistrationParts,
): Promise<void> {
  // The field `contexts` exists for global commands only; those of a guild are used nowhere else anyway.
  const contexts = scope === GLOBAL ? { contexts: [InteractionContextType.Guild] } : {};
  const body = commands.map(({ data }) => ({ ...data.toJSON(), ...contexts }));
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  if ((await parts.store.get<string>(key)) === hash) return;
  await parts.rest.put(route(scope, parts.applicationId), { body });
  await parts.store.set(key, hash);
  parts.log.info({ scope, commands: body.length }, 'commands registered');
}

async function withdraw(scope: string, key: string, parts: RegistrationParts): Promise<void> {
  await parts.rest.put(route(scope, parts.applicationId), { body: [] });
  await parts.store.deleteMany([key]);
  parts.log.info({ scope }, 'commands withdrawn');
}

function route(scope: string, applicationId: string) {
  return scope === GLOBAL
    ? Routes.applicationCommands(applicationId)
    : Routes.applicationGuildCommands(applicationId, scope);
}
