import {
  ApplicationCommandType,
  EmbedType,
  InteractionType,
  MessageFlags,
  MessageReferenceType,
  MessageType,
  type APIAttachment,
  type APIEmbed,
  type APIMessage,
  type APIMessageInteractionMetadata,
  type APIUser,
} from 'discord-api-types/v10';
import { has, permissionsIn } from '../permissions.ts';
import type { DispatchedInteraction, World, WorldChannel, WorldMessage } from '../world.ts';
import type { UploadPlace } from '../world/uploads.ts';
import { attached } from './attached.ts';
import type { UploadedFile } from './body.ts';
import { ApiError } from './errors.ts';
import { mentionsOf } from './mentions.ts';
import { invalidForm } from './validate/form.ts';
import type { MessageBody } from './validate/message.ts';

/** The flags that a bot may set; Discord ignores the others. */
const SETTABLE = MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications | MessageFlags.IsComponentsV2;

/** Where a new message stands and who writes it. */
export interface Draft {
  readonly channel: WorldChannel;
  readonly author: APIUser;
  readonly body: MessageBody;
  /** Files that hang below it. */
  readonly attachments?: readonly APIAttachment[];
  /** Files that came with the request that writes it. */
  readonly files?: readonly UploadedFile[];
  /** Set when it answers an interaction. */
  readonly interaction?: DispatchedInteraction;
  /** The id of an interaction's first answer, when this is one that follows it. */
  readonly followed?: string | null;
  /** The one person who sees it. */
  readonly onlyFor?: string | null;
  /** An answer that is not there yet: "thinking". */
  readonly thinking?: boolean;
}

/** Writes a message into the world. Throws Discord's error when there is nothing in it. */
export function writeMessage(world: World, draft: Draft): WorldMessage {
  const { channel, author, body, interaction, followed = null, onlyFor = null, thinking = false } = draft;
  const repliesTo = referenced(world, channel, body) ?? stored(world, channel, followed ?? targetOf(interaction));
  const mentions = mentionsOf(world, channel, author.id, body, repliesTo?.author);
  const flags: number =
    ((body.flags ?? 0) & SETTABLE) |
    (onlyFor === null ? 0 : MessageFlags.Ephemeral) |
    (thinking ? MessageFlags.Loading : 0);
  const message: APIMessage = {
    id: world.nextId(),
    channel_id: channel.id,
    author,
    content: (body.content ?? '').trim(),
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    tts: body.tts ?? false,
    mention_everyone: mentions.everyone,
    mentions: [...mentions.users],
    mention_roles: [...mentions.roles],
    attachments: [...(draft.attachments ?? []), ...filesOf(world, draft)],
    embeds: embedsFor(world, channel, author.id, body, interaction !== undefined),
    components: body.components ?? [],
    pinned: false,
    type:
      interaction && followed === null
        ? responseType(interaction)
        : repliesTo
          ? MessageType.Reply
          : MessageType.Default,
    flags,
    ...(body.nonce !== undefined && body.nonce !== null && { nonce: body.nonce }),
    ...(repliesTo && {
      message_reference: {
        type: MessageReferenceType.Default,
        message_id: repliesTo.id,
        channel_id: channel.id,
        guild_id: channel.guildId,
      },
      referenced_message: repliesTo,
    }),
    ...(interaction && {
      application_id: interaction.application_id,
      webhook_id: interaction.application_id,
      ...metadata(interaction, followed),
    }),
  };
  if (!thinking) refuseEmpty(message);
  return world.createMessage({ message, guildId: channel.guildId, onlyFor, pinged: mentions.pinged });
}

/** "The past few minutes", in which Discord knows a nonce again. */
const NONCE_KNOWN_MS = 5 * 60_000;

/**
 * The message that the author sent a moment ago with the nonce of a body that enforces it, or null: Discord returns that one
 * and creates none. https://discord.com/developers/docs/resources/message#create-message
 */
export function sentBefore(
  world: World,
  channel: WorldChannel,
  authorId: string,
  { nonce, enforce_nonce: enforced }: MessageBody,
): APIMessage | null {
  if (enforced !== true || nonce === undefined || nonce === null) return null;
  const since = Date.now() - NONCE_KNOWN_MS;
  const twin = [...(world.messages.get(channel.id)?.values() ?? [])].findLast(
    ({ message }) =>
      message.author.id === authorId && message.nonce === nonce && Date.parse(message.timestamp) >= since,
  );
  return twin?.message ?? null;
}

/**
 * Changes a message; what the body leaves out stays. What fills a "thinking" answer is read for the first time: it notifies
 * like a new message and is not marked as edited. Other edits notify nobody.
 */
export function rewriteMessage(
  world: World,
  channel: WorldChannel,
  before: APIMessage,
  body: MessageBody,
  files: readonly UploadedFile[] = [],
): WorldMessage {
  const wasThinking = isThinking(before);
  const flags = (before.flags ?? 0) & ~MessageFlags.Loading;
  const merged = {
    content: body.content === undefined ? before.content : (body.content ?? '').trim(),
    components: body.components === undefined ? (before.components ?? []) : (body.components ?? []),
  };
  const mentions = mentionsOf(world, channel, before.author.id, { ...merged, allowed_mentions: body.allowed_mentions });
  const embeds = embedsFor(world, channel, before.author.id, body, before.interaction_metadata !== undefined);
  const becomesV2 = ((body.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
  const after = {
    ...merged,
    attachments: attached(body, { uploads: world.uploads, place: placeOf(before), files, before: before.attachments }),
    embeds: becomesV2 ? [] : body.embeds === undefined ? before.embeds : embeds,
    flags: typeof body.flags === 'number' ? (flags & ~MessageFlags.SuppressEmbeds) | (body.flags & SETTABLE) : flags,
    mentions: [...mentions.users],
    mention_roles: [...mentions.roles],
    mention_everyone: mentions.everyone,
    edited_timestamp: wasThinking ? null : new Date().toISOString(),
  };
  refuseEmpty(after);
  return world.editMessage(channel.id, before.id, after, wasThinking ? mentions.pinged : undefined);
}

/** Files of plain messages take the permission to attach them. */
function filesOf(world: World, { channel, author, body, interaction, onlyFor, files = [] }: Draft): APIAttachment[] {
  const isAnswer = interaction !== undefined;
  const mayAttach = isAnswer || has(permissionsIn(world.guild(channel.guildId), channel, author.id), 'AttachFiles');
  if (!mayAttach && files.length > 0) throw new ApiError('missingPermissions');
  const isEphemeral = isAnswer && onlyFor !== null && onlyFor !== undefined;
  const place = isEphemeral ? { applicationId: interaction.application_id } : { channelId: channel.id };
  return attached(body, { uploads: world.uploads, place, files, before: [] });
}

const placeOf = ({ flags, channel_id, application_id }: APIMessage): UploadPlace =>
  ((flags ?? 0) & MessageFlags.Ephemeral) !== 0 && application_id !== undefined
    ? { applicationId: application_id }
    : { channelId: channel_id };

/** What a message may not be without altogether. */
type Filling = Pick<APIMessage, 'content' | 'embeds' | 'components' | 'attachments'>;

/** Whether the message is an answer that a person still waits for. */
export const isThinking = ({ flags }: Pick<APIMessage, 'flags'>): boolean =>
  ((flags ?? 0) & MessageFlags.Loading) !== 0;

function refuseEmpty({ content, embeds, components, attachments }: Filling): void {
  if (content === '' && embeds.length === 0 && !components?.length && attachments.length === 0)
    throw new ApiError('emptyMessage');
}

/** Embeds as Discord stores them. Those of plain messages take the permission to embed links. */
function embedsFor(
  world: World,
  channel: WorldChannel,
  authorId: string,
  { embeds }: MessageBody,
  isAnswer: boolean,
): APIEmbed[] {
  const allowed = isAnswer || has(permissionsIn(world.guild(channel.guildId), channel, authorId), 'EmbedLinks');
  if (!allowed && embeds?.length) throw new ApiError('missingPermissions');
  return (embeds ?? []).map((embed) => ({ ...embed, type: EmbedType.Rich }));
}

function referenced(
  world: World,
  channel: WorldChannel,
  { message_reference: reference }: MessageBody,
): APIMessage | null {
  if (!reference) return null;
  const message = stored(world, channel, reference.message_id);
  if (message !== null || reference.fail_if_not_exists === false) return message;
  const problem = { code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' };
  throw invalidForm([{ path: ['message_reference'], ...problem }]);
}

const stored = (world: World, channel: WorldChannel, id: string | null): APIMessage | null =>
  (id === null ? undefined : world.messages.get(channel.id)?.get(id)?.message) ?? null;

function responseType(interaction: DispatchedInteraction): MessageType {
  if (interaction.type !== InteractionType.ApplicationCommand) return MessageType.Reply;
  return targetOf(interaction) === null ? MessageType.ChatInputCommand : MessageType.ContextMenuCommand;
}

/** The id of the message that a command was used on. */
const targetOf = (interaction: DispatchedInteraction | undefined): string | null =>
  interaction?.type === InteractionType.ApplicationCommand && interaction.data.type === ApplicationCommandType.Message
    ? interaction.data.target_id
    : null;

function metadata(
  interaction: DispatchedInteraction,
  followed: string | null,
): { interaction_metadata?: APIMessageInteractionMetadata } {
  const user = interaction.member?.user;
  if (user === undefined) return {};
  const { id, authorizing_integration_owners } = interaction;
  const target = targetOf(interaction);
  const shared = {
    id,
    user,
    authorizing_integration_owners,
    ...(followed !== null && { original_response_message_id: followed }),
  };
  return {
    interaction_metadata:
      interaction.type === InteractionType.MessageComponent
        ? { ...shared, type: interaction.type, interacted_message_id: interaction.message.id }
        : {
            ...shared,
            type: InteractionType.ApplicationCommand,
            ...(target !== null && { target_message_id: target }),
          },
  };
}
