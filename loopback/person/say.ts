import type { APIMessage } from 'discord-api-types/v10';
import { has, permissionsIn } from '../permissions.ts';
import { writeMessage } from '../rest/messages.ts';
import type { FileToSend, WorldMessage } from '../world.ts';
import { ATTACHMENT_LIMIT, type Scene } from './envelope.ts';

/** https://discord.com/developers/docs/resources/message#create-message */
const MOST_CHARACTERS = 2_000;
const MOST_FILES = 10;

/** A message that a person types, with files. Throws when Discord's client would not send it. */
export function say(
  { world, channel, user }: Omit<Scene, 'application'>,
  content: string,
  files: readonly FileToSend[],
  replyTo: APIMessage['id'] | null,
): WorldMessage {
  const permissions = permissionsIn(world.guild(channel.guildId), channel, user.id);
  const refuse = (why: string): never => {
    throw new Error(`${user.username} ${why}`);
  };
  if (!has(permissions, 'SendMessages')) refuse(`may not write in #${channel.name}`);
  if (files.length > 0 && !has(permissions, 'AttachFiles')) refuse(`may not attach files in #${channel.name}`);
  if (content.trim() === '' && files.length === 0) refuse('wrote nothing');
  if (content.length > MOST_CHARACTERS) refuse(`wrote more than ${MOST_CHARACTERS} characters`);
  if (files.length > MOST_FILES) refuse(`attached more than ${MOST_FILES} files`);
  if (files.some(({ bytes }) => bytes.byteLength > ATTACHMENT_LIMIT)) refuse('attached a file too large for Discord');
  const attachments = files.map((file) => world.uploads.add(file, { channelId: channel.id }));
  const body = { content, ...(replyTo !== null && { message_reference: { message_id: replyTo } }) };
  return writeMessage(world, { channel, author: user, body, attachments });
}
