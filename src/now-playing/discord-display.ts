import { DiscordAPIError, RateLimitError, Routes, type REST } from 'discord.js';
import type { DisplayChannel, DisplayMessage, DisplayPlace, EditOutcome } from './display-channel.ts';

/** What trying again does not change; null for what may pass. */
function refusal(error: unknown): 'gone' | 'forbidden' | null {
  if (!(error instanceof DiscordAPIError)) return null;
  // No such message or channel (10003, 10008); no access or permission (50001, 50013).
  if (error.status === 404) return 'gone';
  return error.status === 403 ? 'forbidden' : null;
}

/** Displays as messages of Discord. Expects a client whose display edits are rejected, not queued, when they are rate limited. */
export class DiscordDisplay implements DisplayChannel {
  readonly #rest: Pick<REST, 'post' | 'patch' | 'delete'>;

  constructor(rest: Pick<REST, 'post' | 'patch' | 'delete'>) {
    this.#rest = rest;
  }

  async send(channelId: string, message: DisplayMessage, nonce: string): Promise<string | null> {
    try {
      const sent = await this.#rest.post(Routes.channelMessages(channelId), {
        body: { ...body(message), nonce, enforce_nonce: true },
      });
      return (sent as { readonly id: string }).id;
    } catch (error) {
      if (refusal(error) !== null) return null;
      throw error;
    }
  }

  async edit({ channelId, messageId }: DisplayPlace, message: DisplayMessage): Promise<EditOutcome> {
    try {
      await this.#rest.patch(Routes.channelMessage(channelId, messageId), { body: body(message) });
      return 'done';
    } catch (error) {
      if (error instanceof RateLimitError) return { busyForMs: error.retryAfter };
      return refused(error);
    }
  }

  async remove({ channelId, messageId }: DisplayPlace): Promise<'gone' | 'forbidden'> {
    try {
      await this.#rest.delete(Routes.channelMessage(channelId, messageId));
      return 'gone';
    } catch (error) {
      return refused(error);
    }
  }
}

function refused(error: unknown): 'gone' | 'forbidden' {
  const why = refusal(error);
  if (why === null) throw error;
  return why;
}

const body = (message: DisplayMessage) => ({ ...message, allowed_mentions: { parse: [] } });
