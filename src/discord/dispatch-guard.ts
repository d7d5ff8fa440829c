import { Events, GatewayDispatchEvents, type Client } from 'discord.js';
import type { Logger } from 'pino';
import { z } from 'zod';

/** https://discord.com/developers/docs/events/gateway-events#voice */
const SHAPES: Readonly<Record<string, z.ZodType>> = {
  [GatewayDispatchEvents.VoiceStateUpdate]: z.looseObject({
    guild_id: z.string().optional(),
    channel_id: z.string().nullable(),
    user_id: z.string(),
    session_id: z.string(),
    member: z.looseObject({ user: z.looseObject({ id: z.string() }) }).optional(),
  }),
  [GatewayDispatchEvents.VoiceServerUpdate]: z.looseObject({
    guild_id: z.string(),
    token: z.string(),
    endpoint: z.string().nullable(),
  }),
};

interface Dispatch {
  readonly t: string;
  readonly d: unknown;
}

/** Private in the declarations only: discord.js calls it by name for each dispatch, and throws there on what it cannot read. */
interface Privates {
  handlePacket(packet?: Dispatch, shard?: unknown): boolean;
}

/**
 * Keeps voice events that cannot be what they say from discord.js 14, which throws on them where nobody can catch. What is kept
 * from it is logged; voice has a deadline for what does not come. Messages that nobody listens for are kept from it too: it
 * would remember their authors for ever.
 */
export function guardDispatches(client: Client, log: Logger): void {
  const manager = client.ws as unknown as Privates;
  const handle = manager.handlePacket.bind(manager);
  manager.handlePacket = (packet, shard) => {
    const wrong = packet && SHAPES[packet.t]?.safeParse(packet.d).error;
    const unread =
      packet?.t === GatewayDispatchEvents.MessageCreate && client.listenerCount(Events.MessageCreate) === 0;
    if (!wrong && !unread) return handle(packet, shard);
    if (!wrong) return false;
    const issues = wrong.issues.map(({ path, message }) => [...path, message].join(' '));
    log.warn({ event: packet.t, issues }, 'a gateway event could not be read');
    return false;
  };
}
