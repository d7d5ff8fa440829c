import { Routes, type REST } from 'discord.js';
import type { Logger } from 'pino';
import { toMessage } from './replies.ts';

/** Says one line in a text channel, pinging nobody. Never throws: a channel that may not be written to is a warning in the log. */
export class Announcer {
  readonly #rest: Pick<REST, 'post'>;
  readonly #log: Logger;

  constructor(rest: Pick<REST, 'post'>, log: Logger) {
    this.#rest = rest;
    this.#log = log;
  }

  announce(guildId: string, textChannelId: string, line: string): void {
    const { content } = toMessage(line);
    const body = { content, allowed_mentions: { parse: [] } };
    this.#rest.post(Routes.channelMessages(textChannelId), { body }).catch((error: unknown) => {
      this.#log.warn({ guildId, textChannelId, error }, 'line not said');
    });
  }
}
