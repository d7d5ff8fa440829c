import type {
  Attachment as DiscordAttachment,
  ButtonInteraction,
  ChatInputCommandInteraction,
  Interaction,
  MessageContextMenuCommandInteraction,
  StringSelectMenuInteraction,
} from 'discord.js';
import type { Attachment } from '../commands/command.ts';
import { COMMANDS, MESSAGE_COMMANDS } from '../commands/index.ts';
import { play } from '../commands/play.ts';
import { buttonCommand } from './buttons.ts';
import { optionsOf } from './menus.ts';
import type { Request } from './router.ts';
import { askerOf, situationOf, type House } from './situation.ts';

const COMMAND_BY_NAME = new Map(COMMANDS.map((command) => [command.data.name, command]));

/** What an interaction asks for, in a house with these rules; null when that is not ours (a command of an older version, somebody else's button). */
export function toRequest(interaction: Interaction, house: House): Request | null {
  if (interaction.isChatInputCommand()) return fromCommand(interaction, house);
  if (interaction.isMessageContextMenuCommand()) return fromMessage(interaction, house);
  if (interaction.isStringSelectMenu()) return fromMenu(interaction, house);
  return interaction.isButton() ? fromButton(interaction, house) : null;
}

function fromCommand(interaction: ChatInputCommandInteraction, house: House): Request | null {
  const { options, commandName } = interaction;
  const found = COMMAND_BY_NAME.get(commandName);
  const word = options.getSubcommand(false);
  const command = found && 'subcommands' in found ? found.subcommands[word ?? ''] : found;
  if (!command) return null;
  return {
    ...common(interaction, house),
    name: word === null ? `/${commandName}` : `/${commandName} ${word}`,
    command,
    context: {
      ...context(interaction),
      string: (name) => options.getString(name),
      integer: (name) => options.getInteger(name),
      boolean: (name) => options.getBoolean(name),
      user: (name) => options.getUser(name)?.id ?? null,
      role: (name) => options.getRole(name)?.id ?? null,
      channel: (name) => options.getChannel(name)?.id ?? null,
      attachment: (name) => {
        const file = options.getAttachment(name);
        return file && attachmentOf(file);
      },
    },
  };
}

function fromMessage(interaction: MessageContextMenuCommandInteraction, house: House): Request | null {
  const { commandName, targetMessage } = interaction;
  const command = MESSAGE_COMMANDS.find(({ data }) => data.name === commandName);
  if (!command) return null;
  const { needs, ephemeral = false } = command;
  const attachments = targetMessage.attachments.map(attachmentOf);
  const message = { content: targetMessage.content, attachments };
  return {
    ...common(interaction, house),
    name: `message command ${commandName}`,
    command: { needs, ephemeral, run: (context, services) => command.run(context, message, services) },
    context: { ...context(interaction), ...NO_OPTIONS },
  };
}

function fromButton(interaction: ButtonInteraction, house: House): Request | null {
  const command = buttonCommand(interaction.customId);
  if (!command) return null;
  return {
    ...common(interaction, house),
    name: `button ${interaction.customId}`,
    command,
    context: { ...context(interaction), ...NO_OPTIONS },
  };
}

/** A choice is /play under its guard, with an answer of its own. */
function fromMenu(interaction: StringSelectMenuInteraction, house: House): Request | null {
  const options = optionsOf(interaction.customId, interaction.values[0] ?? '');
  if (!options) return null;
  return {
    ...common(interaction, house),
    name: `menu ${interaction.customId}`,
    command: play,
    context: { ...context(interaction), ...NO_OPTIONS, ...options },
  };
}

/** For what people do without any options. */
export const NO_OPTIONS = {
  string: () => null,
  integer: () => null,
  boolean: () => null,
  user: () => null,
  role: () => null,
  channel: () => null,
  attachment: () => null,
};

const attachmentOf = ({ url, name, size, contentType }: DiscordAttachment): Attachment => ({
  url,
  filename: name,
  sizeBytes: size,
  contentType,
});

type Asked =
  | ChatInputCommandInteraction
  | MessageContextMenuCommandInteraction
  | ButtonInteraction
  | StringSelectMenuInteraction;

function common(interaction: Asked, house: House) {
  return { situation: () => situationOf(askerOf(interaction), house), answerable: interaction };
}

function context({ guild, guildId, channelId, user }: Asked) {
  return {
    // The guard 'guild', which every row contains, refuses what comes from elsewhere.
    guildId: guildId ?? '',
    userId: user.id,
    textChannelId: channelId,
    voiceChannelId: guild?.voiceStates.cache.get(user.id)?.channelId ?? null,
  };
}
