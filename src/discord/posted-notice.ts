import { DiscordAPIError, RateLimitError, Routes, type REST } from 'discord.js';
import { sleep } from '../lib/time.ts';
import type { Notice, Posted } from '../player/notice.ts';
import { rowsOf } from './actions.ts';
import { toMessage } from './replies.ts';

export type NoticeRest = Pick<REST, 'post' | 'patch'>;

export interface PostedNoticeParts {
  readonly rest: NoticeRest;
  readonly channelId: string;
  /** When it ends, what is newest is delivered without any more waiting. */
  readonly life: AbortSignal;
  /** The first request is over; null: the message is there. */
  posted(error: unknown): void;
  /** An edit was given up for a reason that might have passed. */
  failed(error: unknown): void;
  /** Told of each delivery, which resolves when it is done or given up and never rejects. */
  delivering(work: Promise<void>): void;
}

/** Discord lets five edits of a channel's messages through in five seconds, and the display needs some of them. */
const GAP_MS = 1_000;
const AGAIN_AFTER_MS = 5_000;
/** Tries of an edit that fails for a reason that may pass. */
const TRIES = 5;

type Delivery = 'resting' | 'under-way' | 'over';

/** A message that says the newest of what it was told to: one request at a time, a second apart. */
export class PostedNotice implements Posted {
  readonly #parts: PostedNoticeParts;
  #wanted: string;
  #said: string | null = null;
  #messageId: string | null = null;
  /** `over`: the message was never posted, or cannot be edited any more. */
  #delivery: Delivery = 'resting';

  constructor(notice: Notice, parts: PostedNoticeParts) {
    this.#parts = parts;
    this.#wanted = contentOf(notice);
    this.#begin();
  }

  update(notice: Notice): void {
    this.#wanted = contentOf(notice);
    if (this.#delivery === 'resting') this.#begin();
  }

  #begin(): void {
    this.#delivery = 'under-way';
    this.#parts.delivering(this.#deliver());
  }

  async #deliver(): Promise<void> {
    let misses = 0;
    while (this.#said !== this.#wanted) {
      const content = this.#wanted;
      try {
        await this.#send(content);
        this.#said = content;
        misses = 0;
        await this.#pause(GAP_MS);
      } catch (error) {
        misses += 1;
        if (this.#messageId === null || isFinal(error)) return this.#end();
        if (misses === TRIES || this.#parts.life.aborted) return this.#end(error);
        await this.#pause(error instanceof RateLimitError ? error.retryAfter : AGAIN_AFTER_MS);
      }
    }
    this.#delivery = 'resting';
  }

  #end(failure?: unknown): void {
    this.#delivery = 'over';
    if (failure !== undefined) this.#parts.failed(failure);
  }

  async #send(content: string): Promise<void> {
    const { rest, channelId } = this.#parts;
    const request = { body: JSON.parse(content) as object };
    if (this.#messageId !== null) {
      await rest.patch(Routes.channelMessage(channelId, this.#messageId), request);
      return;
    }
    try {
      const { id } = (await rest.post(Routes.channelMessages(channelId), request)) as { readonly id: string };
      this.#messageId = id;
      this.#parts.posted(null);
    } catch (error) {
      this.#parts.posted(error);
      throw error;
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, this.#parts.life).catch(() => undefined);
  }
}

/** The body of the message, as text, so that two of them can be compared. */
function contentOf(notice: Notice): string {
  const { line, actions } = typeof notice === 'string' ? { line: notice, actions: [] } : notice;
  return JSON.stringify({
    content: toMessage(line).content,
    components: rowsOf(actions),
    allowed_mentions: { parse: [] },
  });
}

/** Refused for a reason that trying again does not change: no permission, or no such message or channel. */
const isFinal = (error: unknown) => error instanceof DiscordAPIError && (error.status === 403 || error.status === 404);
