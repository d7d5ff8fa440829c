import { GatewayDispatchEvents, type Client } from 'discord.js';
import { z } from 'zod';
import type { SentMessage } from '../now-playing/display-channel.ts';

/** https://discord.com/developers/docs/events/gateway-events#message-create: what of it is read, and no word of what was said. */
const Said = z.object({
  id: z.string(),
  channel_id: z.string(),
  guild_id: z.string(),
  nonce: z.union([z.string(), z.number()]).optional(),
});

/**
 * Tells where in a guild each message was sent, until what it returns is called. `said` is called synchronously and must not
 * throw. Read before discord.js makes objects of it: those would stay in memory, one for everybody who ever wrote.
 */
export function watchTalk(client: Client, said: (guildId: string, message: SentMessage) => void): () => void {
  const listener = (data: unknown) => {
    const message = Said.safeParse(data).data;
    if (!message) return;
    const { id: messageId, channel_id: channelId, guild_id: guildId, nonce } = message;
    said(guildId, { channelId, messageId, nonce: nonce === undefined ? null : String(nonce) });
  };
  client.ws.on(GatewayDispatchEvents.MessageCreate, listener);
  return () => void client.ws.off(GatewayDispatchEvents.MessageCreate, listener);
}
