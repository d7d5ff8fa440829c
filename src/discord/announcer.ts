import { Routes, type REST } from 'discord.js';
import type { Logger } from 'pino';
import { toMessage } from './replies.ts';

/** Lines waiting for one channel, at most: what could not be said in time is not worth saying. */
const WAITING_LIMIT = 5;

/** Tells text channels what happened without being asked. Never throws, and says nothing rather than flood. */
export class Announcer {
  readonly #rest: Pick<REST, 'post'>;
  readonly #log: Logger;
  readonly #waiting = new Map<string, number>();

  constructor(rest: Pick<REST, 'post'>, log: Logger) {
    this.#rest = rest;
    this.#log = log;
  }

  announce(guildId: string, channelId: string, line: string): void {
    const waiting = this.#waiting.get(channelId) ?? 0;
    if (waiting >= WAITING_LIMIT) return;
    this.#waiting.set(channelId, waiting + 1);
    this.#rest
      .post(Routes.channelMessages(channelId), {
        body: { content: toMessage(line).content, allowed_mentions: { parse: [] } },
      })
      .catch((error: unknown) => this.#log.warn({ guildId, error }, 'announcement not sent'))
      .finally(() => {
        const left = (this.#waiting.get(channelId) ?? 1) - 1;
        if (left === 0) this.#waiting.delete(channelId);
        else this.#waiting.set(channelId, left);
      });
  }
}
