import { GatewayDispatchEvents, MessageType, type Client } from 'discord.js';
import type { Logger } from 'pino';
import { z } from 'zod';
import { request } from '../commands/messages/request.ts';
import { TenutoError } from '../lib/errors.ts';
import { formatSpan } from '../lib/format.ts';
import { MessageAnswer } from './message-answer.ts';
import { NO_OPTIONS } from './requests.ts';
import type { Request } from './router.ts';
import { situationOf, writerOf, type House } from './situation.ts';

/** https://discord.com/developers/docs/events/gateway-events#message-create: what of it is read. */
const Written = z.object({
  id: z.string(),
  channel_id: z.string(),
  guild_id: z.string(),
  type: z.union([z.literal(MessageType.Default), z.literal(MessageType.Reply)]),
  // Other bots and webhooks are not listened to; this bot is one of them.
  author: z.object({ id: z.string(), bot: z.literal(false).optional() }),
  webhook_id: z.undefined().optional(),
  member: z.object({ roles: z.array(z.string()) }).optional(),
  content: z.string(),
  attachments: z.array(
    z.object({ url: z.url(), filename: z.string(), size: z.number(), content_type: z.string().nullish() }),
  ),
});
type Written = z.infer<typeof Written>;

export interface RequestChannelParts extends House {
  readonly client: Client;
  handle(request: Request): Promise<void>;
  readonly log: Logger;
}

/** So much from one person in so long; the first that is too much is told so, and the others are not listened to. */
const MOST = 5;
const WITHIN_MS = 30_000;

/** RequestChannel: what people write in the channel that their server has chosen for it is played, as if they had typed /play. */
export class RequestChannel {
  readonly #parts: RequestChannelParts;
  readonly #life = new AbortController();
  /** When each person wrote, lately. */
  readonly #written = new Map<string, readonly number[]>();

  constructor(parts: RequestChannelParts) {
    this.#parts = parts;
    const { client } = parts;
    const listener = (data: unknown) => {
      const written = Written.safeParse(data).data;
      if (written && parts.settings.of(written.guild_id).requestChannelId === written.channel_id) this.#heard(written);
    };
    client.ws.on(GatewayDispatchEvents.MessageCreate, listener);
    this.#life.signal.addEventListener(
      'abort',
      () => void client.ws.off(GatewayDispatchEvents.MessageCreate, listener),
    );
  }

  close(): void {
    this.#life.abort();
  }

  #heard(written: Written): void {
    const { content, attachments, author } = written;
    if (content.trim() === '' && attachments.length === 0) return;
    const waitMs = this.#waitOf(author.id);
    if (waitMs !== 'ignore') void this.#parts.handle(this.#request(written, waitMs));
  }

  #request(written: Written, waitMs: number): Request {
    const { client, log } = this.#parts;
    const { id, guild_id: guildId, channel_id: channelId, author, member, content } = written;
    const guild = client.guilds.cache.get(guildId) ?? null;
    const attachments = written.attachments.map(({ url, filename, size, content_type }) => ({
      url,
      filename,
      sizeBytes: size,
      contentType: content_type ?? null,
    }));
    return {
      name: 'request channel',
      command: {
        needs: request.needs,
        run: (context, services) => request.run(context, { content, attachments }, services),
      },
      situation: () => {
        if (waitMs > 0) throw new TenutoError('ASKED_TOO_FAST', formatSpan(waitMs));
        return situationOf(writerOf(guild, guildId, channelId, author.id, member?.roles ?? []), this.#parts);
      },
      context: {
        guildId,
        userId: author.id,
        textChannelId: channelId,
        voiceChannelId: guild?.voiceStates.cache.get(author.id)?.channelId ?? null,
        ...NO_OPTIONS,
      },
      answerable: new MessageAnswer({ rest: client.rest, log, life: this.#life.signal }, channelId, id),
    };
  }

  /** Milliseconds until the person may ask again, 0: now. */
  #waitOf(userId: string): number | 'ignore' {
    const now = Date.now();
    for (const [id, times] of this.#written) if ((times.at(-1) ?? 0) <= now - WITHIN_MS) this.#written.delete(id);
    const lately = (this.#written.get(userId) ?? []).filter((at) => at > now - WITHIN_MS);
    if (lately.length > MOST) return 'ignore';
    this.#written.set(userId, [...lately, now]);
    return lately.length < MOST ? 0 : (lately[0] ?? now) + WITHIN_MS - now;
  }
}
