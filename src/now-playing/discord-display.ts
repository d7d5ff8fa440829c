import { DiscordAPIError, RateLimitError, Routes, type REST } from 'discord.js';
import type { DisplayChannel, DisplayMessage, DisplayPlace, EditOutcome } from './display-channel.ts';

/** Refused for a reason that trying again does not change: no permission, or no such message or channel (10003, 10008, 50001, 50013). */
const isFinal = (error: unknown) => error instanceof DiscordAPIError && (error.status === 403 || error.status === 404);

/** Displays as messages of Discord. Expects a client whose display edits are rejected, not queued, when they are rate limited. */
export class DiscordDisplay implements DisplayChannel {
  readonly #rest: Pick<REST, 'post' | 'patch' | 'delete'>;

  constructor(rest: Pick<REST, 'post' | 'patch' | 'delete'>) {
    this.#rest = rest;
  }

  async send(channelId: string, message: DisplayMessage): Promise<string | null> {
    try {
      const sent = await this.#rest.post(Routes.channelMessages(channelId), { body: body(message) });
      return (sent as { readonly id: string }).id;
    } catch (error) {
      if (isFinal(error)) return null;
      throw error;
    }
  }

  async edit({ channelId, messageId }: DisplayPlace, message: DisplayMessage): Promise<EditOutcome> {
    try {
      await this.#rest.patch(Routes.channelMessage(channelId, messageId), { body: body(message) });
      return 'done';
    } catch (error) {
      if (isFinal(error)) return 'gone';
      if (error instanceof RateLimitError) return { busyForMs: error.retryAfter };
      throw error;
    }
  }

  async remove({ channelId, messageId }: DisplayPlace): Promise<void> {
    try {
      await this.#rest.delete(Routes.channelMessage(channelId, messageId));
    } catch (error) {
      if (!isFinal(error)) throw error;
    }
  }
}

const body = (message: DisplayMessage) => ({ ...message, allowed_mentions: { parse: [] } });
