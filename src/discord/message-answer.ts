import { Routes, type REST } from 'discord.js';
import type { Logger } from 'pino';
import { later } from '../lib/time.ts';
import type { Answerable } from './answer.ts';
import type { OutgoingMessage } from './replies.ts';

export interface MessageAnswerParts {
  readonly rest: Pick<REST, 'post' | 'patch' | 'delete'>;
  readonly log: Logger;
  /** Ends what is to be done later. */
  readonly life: AbortSignal;
}

/** Long enough to be read; then the channel is for requests again. */
const KEPT_MS = 20_000;

/**
 * Answers a message by a short reply that goes away again after a while. Messages know no "thinking" and nothing that one
 * person alone sees: a deferral is no request, and a failure is a reply like any other.
 */
export class MessageAnswer implements Answerable {
  readonly #parts: MessageAnswerParts;
  readonly #channelId: string;
  readonly #messageId: string;
  #reply: string | null = null;
  #removal: AbortController | null = null;

  constructor(parts: MessageAnswerParts, channelId: string, messageId: string) {
    this.#parts = parts;
    this.#channelId = channelId;
    this.#messageId = messageId;
  }

  deferReply(): Promise<void> {
    return Promise.resolve();
  }

  async reply(message: OutgoingMessage): Promise<void> {
    await this.editReply(message);
  }

  async followUp(message: OutgoingMessage): Promise<void> {
    await this.editReply(message);
  }

  async editReply({ content, embeds, components }: OutgoingMessage): Promise<void> {
    const body = {
      content,
      embeds: embeds.map((embed) => embed.toJSON()),
      components,
      allowed_mentions: { parse: [], replied_user: false },
    };
    if (this.#reply !== null) {
      await this.#parts.rest.patch(Routes.channelMessage(this.#channelId, this.#reply), { body });
    } else {
      const message_reference = { message_id: this.#messageId, fail_if_not_exists: false };
      const posted = await this.#parts.rest.post(Routes.channelMessages(this.#channelId), {
        body: { ...body, message_reference },
      });
      this.#reply = idOf(posted);
    }
    this.#removeLater();
  }

  async deleteReply(): Promise<void> {
    this.#removal?.abort();
    const id = this.#reply;
    this.#reply = null;
    if (id !== null) await this.#parts.rest.delete(Routes.channelMessage(this.#channelId, id));
  }

  #removeLater(): void {
    this.#removal?.abort();
    const removal = new AbortController();
    this.#removal = removal;
    later(KEPT_MS, AbortSignal.any([removal.signal, this.#parts.life]), () => {
      this.deleteReply().catch((error: unknown) => this.#parts.log.debug({ error }, 'reply not taken away'));
    });
  }
}

const idOf = (posted: unknown): string | null =>
  typeof posted === 'object' && posted !== null && 'id' in posted ? String(posted.id) : null;
