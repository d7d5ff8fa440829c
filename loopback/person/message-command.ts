import { ApplicationCommandType, InteractionType } from 'discord-api-types/v10';
import type { DispatchedInteraction, WorldMessage } from '../world.ts';
import { envelope, type Scene } from './envelope.ts';
import { registered } from './registered.ts';

/**
 * The interaction of choosing a command in the menu of a message. Throws when Discord's client would not offer it.
 * https://discord.com/developers/docs/interactions/application-commands#message-commands
 */
export function messageCommand(
  place: Omit<Scene, 'application'>,
  { message }: WorldMessage,
  name: string,
): DispatchedInteraction {
  const { application, command } = registered(place, ApplicationCommandType.Message, name, `"${name}" for messages`);
  const { uploads } = place.world;
  const attachments = message.attachments.map((attachment) => uploads.renewed(attachment));
  const data = {
    id: command.id,
    name: command.name,
    type: ApplicationCommandType.Message as const,
    target_id: message.id,
    resolved: { messages: { [message.id]: { ...message, attachments } } },
    ...(command.guild_id !== undefined && { guild_id: command.guild_id }),
  };
  return { ...envelope({ ...place, application }, InteractionType.ApplicationCommand), data };
}
