import { MessageFlags } from 'discord-api-types/v10';
import type { SeenMessage } from '../people.ts';
import type { WorldMessage } from './types.ts';

/** A stored message as it looks on a screen. */
export function seen({ message, onlyFor, pinged }: WorldMessage): SeenMessage {
  return {
    id: message.id,
    channelId: message.channel_id,
    authorId: message.author.id,
    content: message.content,
    embeds: ((message.flags ?? 0) & MessageFlags.SuppressEmbeds) === 0 ? message.embeds : [],
    components: message.components ?? [],
    attachments: message.attachments,
    ephemeral: onlyFor !== null,
    thinking: ((message.flags ?? 0) & MessageFlags.Loading) !== 0,
    editedAt: message.edited_timestamp,
    interactionId: message.interaction_metadata?.id ?? null,
    pinged,
  };
}
