import type { REST } from 'discord.js';
import type { Logger } from 'pino';
import { within } from '../lib/time.ts';
import type { Notice, Posted } from '../player/notice.ts';
import { PostedNotice, type NoticeRest } from './posted-notice.ts';

/** Lines waiting for one channel, at most: what could not be said in time is not worth saying. */
const WAITING_LIMIT = 10;
/** Everything that is closed before it may take its time too, and the process has to end. */
const CLOSE_WITHIN_MS = 500;

/** Tells text channels what happened without being asked. Never throws, and says nothing rather than flood. */
export class Announcer {
  readonly #rest: NoticeRest;
  readonly #log: Logger;
  readonly #life = new AbortController();
  /** Per channel what waits to be posted there. */
  readonly #waiting = new Map<string, Set<object>>();
  readonly #busy = new Set<Promise<void>>();
  /** Channels in which nothing can be said, which is logged once. */
  readonly #closedTo = new Set<string>();

  constructor(rest: Pick<REST, 'post' | 'patch'>, log: Logger) {
    this.#rest = rest;
    this.#log = log;
  }

  /** Posts a notice. What it becomes later goes through what is returned; null: it is not said, there or at all. */
  announce(guildId: string, channelId: string, notice: Notice): Posted | null {
    const waiting = this.#waiting.get(channelId) ?? new Set();
    if (waiting.size >= WAITING_LIMIT || this.#life.signal.aborted) return null;
    const place = {};
    this.#waiting.set(channelId, waiting.add(place));
    return new PostedNotice(notice, {
      rest: this.#rest,
      channelId,
      life: this.#life.signal,
      posted: (error) => {
        waiting.delete(place);
        this.#onPosted(guildId, channelId, error);
      },
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
    if (this.#waiting.get(channelId)?.size === 0) this.#waiting.delete(channelId);
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
