import type { REST } from 'discord.js';
import type { Logger } from 'pino';
import { within } from '../lib/time.ts';
import type { Notice, Posted } from '../player/notice.ts';
import { PostedNotice, type NoticeRest } from './posted-notice.ts';

/** Lines waiting for one channel, at most: what could not be said in time is not worth saying. */
const WAITING_LIMIT = 10;
/** Everything that is closed before it may take its time too, and the process has to end. */
const CLOSE_WITHIN_MS = 500;

/** What is said where everybody says nothing any more. */
const SILENT: Posted = { update: () => undefined };

/** Tells text channels what happened without being asked. Never throws, and says nothing rather than flood. */
export class Announcer {
  readonly #rest: NoticeRest;
  readonly #log: Logger;
  readonly #life = new AbortController();
  readonly #waiting = new Map<string, number>();
  readonly #busy = new Set<Promise<void>>();
  /** Channels that are gone or forbidden, which is said once. */
  readonly #closedTo = new Set<string>();

  constructor(rest: Pick<REST, 'post' | 'patch'>, log: Logger) {
    this.#rest = rest;
    this.#log = log;
  }

  /** Posts a notice. What it becomes later goes through what is returned. */
  announce(guildId: string, channelId: string, notice: Notice): Posted {
    const waiting = this.#waiting.get(channelId) ?? 0;
    if (waiting >= WAITING_LIMIT || this.#life.signal.aborted) return SILENT;
    this.#waiting.set(channelId, waiting + 1);
    return new PostedNotice(notice, {
      rest: this.#rest,
      channelId,
      life: this.#life.signal,
      posted: (error) => this.#onPosted(guildId, channelId, error),
      failed: (error) => this.#log.warn({ guildId, channelId, error }, 'announcement not brought up to date'),
      delivering: (work) => this.#follow(work),
    });
  }

  /** What was said last is delivered, as far as that is done in time; nothing is said later. */
  async close(): Promise<void> {
    this.#life.abort();
    const late = () => new Error(`announcements not delivered in time: ${this.#busy.size}`);
    await within(CLOSE_WITHIN_MS, Promise.all(this.#busy), late).catch((error: unknown) => {
      this.#log.warn({ error }, 'not everybody was told');
    });
  }

  #onPosted(guildId: string, channelId: string, error: unknown): void {
    const left = (this.#waiting.get(channelId) ?? 1) - 1;
    if (left === 0) this.#waiting.delete(channelId);
    else this.#waiting.set(channelId, left);
    if (error === null) this.#closedTo.delete(channelId);
    else if (!this.#closedTo.has(channelId)) {
      this.#closedTo.add(channelId);
      this.#log.warn({ guildId, channelId, error }, 'announcement not sent');
    }
  }

  #follow(work: Promise<void>): void {
    const following = work.finally(() => this.#busy.delete(following));
    this.#busy.add(following);
  }
}
