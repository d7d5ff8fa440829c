import type { AutocompleteInteraction } from 'discord.js';
import type { Logger } from 'pino';
import type { Choice, CommandServices } from '../commands/command.ts';
import { COMMANDS } from '../commands/index.ts';
import { plainText } from '../lib/format.ts';

/** The part of an interaction that completing needs; discord.js's fits it. */
export interface Completable extends Pick<AutocompleteInteraction, 'commandName' | 'guildId'> {
  readonly user: { readonly id: string };
  readonly options: {
    getString(name: string): string | null;
    getSubcommand(required: false): string | null;
    getFocused(full: true): { readonly name: string; readonly value: string };
  };
  respond(choices: readonly { name: string; value: string | number }[]): Promise<unknown>;
}

/** https://discord.com/developers/docs/interactions/application-commands#autocomplete */
const MOST = 25;
const LONGEST = 100;

/**
 * Answers somebody who is typing with what is known at once: nothing is waited for, since the next letter asks again. Never
 * rejects; what fails here leaves the list empty, and whoever sends the command is told.
 */
export async function complete(interaction: Completable, services: CommandServices, log: Logger): Promise<void> {
  const failed = (error: unknown) => log.warn({ error, command: interaction.commandName }, 'not completed');
  await interaction.respond(choicesFor(interaction, services, failed)).catch(failed);
}

function choicesFor(
  { commandName, guildId, user, options }: Completable,
  services: CommandServices,
  failed: (error: unknown) => void,
): Choice[] {
  const command = COMMANDS.find(({ data }) => data.name === commandName);
  if (!command?.complete || guildId === null) return [];
  try {
    const { name: option, value: text } = options.getFocused(true);
    const string = (name: string) => options.getString(name);
    const typing = { guildId, userId: user.id, text, option, subcommand: options.getSubcommand(false), string };
    const fitting = command.complete(typing, services).filter(({ value }) => fits(value));
    return fitting.slice(0, MOST).map(({ name, value }) => ({ name: plainText(name, LONGEST) || '?', value }));
  } catch (error) {
    failed(error);
    return [];
  }
}

const fits = (value: string | number) => typeof value === 'number' || (value !== '' && value.length <= LONGEST);
