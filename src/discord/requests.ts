import type { ButtonInteraction, ChatInputCommandInteraction, Interaction } from 'discord.js';
import { COMMANDS } from '../commands/index.ts';
import { buttonCommand } from './buttons.ts';
import type { Request } from './router.ts';
import { situationOf } from './situation.ts';

const COMMAND_BY_NAME = new Map(COMMANDS.map((command) => [command.data.name, command]));

/** What an interaction asks for, or null when that is not ours (a command of an older version, somebody else's button). */
export function toRequest(interaction: Interaction): Request | null {
  if (interaction.isChatInputCommand()) return fromCommand(interaction);
  return interaction.isButton() ? fromButton(interaction) : null;
}

function fromCommand(interaction: ChatInputCommandInteraction): Request | null {
  const command = COMMAND_BY_NAME.get(interaction.commandName);
  if (!command) return null;
  const { options } = interaction;
  return {
    ...common(interaction),
    name: `/${interaction.commandName}`,
    command,
    context: {
      ...context(interaction),
      string: (name) => options.getString(name),
      integer: (name) => options.getInteger(name),
    },
  };
}

function fromButton(interaction: ButtonInteraction): Request | null {
  const command = buttonCommand(interaction.customId);
  if (!command) return null;
  return {
    ...common(interaction),
    name: `button ${interaction.customId}`,
    command,
    context: { ...context(interaction), string: () => null, integer: () => null },
  };
}

function common(interaction: ChatInputCommandInteraction | ButtonInteraction) {
  return { situation: () => situationOf(interaction), answerable: interaction };
}

function context({ guild, guildId, channelId, user }: ChatInputCommandInteraction | ButtonInteraction) {
  return {
    // The guard 'guild', which every row contains, refuses what comes from elsewhere.
    guildId: guildId ?? '',
    userId: user.id,
    textChannelId: channelId,
    voiceChannelId: guild?.voiceStates.cache.get(user.id)?.channelId ?? null,
  };
}
