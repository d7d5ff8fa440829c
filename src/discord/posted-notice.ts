import { DiscordAPIError, RateLimitError, RESTJSONErrorCodes, Routes, type REST } from 'discord.js';
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
  /** The message is there (null), or it was refused or given up for now, which may be followed by another try. */
  posted(error: unknown): void;
  /** An edit was given up for now, for a reason that may pass. */
  failed(error: unknown): void;
  /** Told of each delivery, which resolves when it is done or given up and never rejects. */
  delivering(work: Promise<void>): void;
}

/** Discord lets five edits of a channel's messages through in five seconds, and the display needs some of them. */
const GAP_MS = 1_000;
/** Before the second try; before each later one twice as long, up to the longest. */
const FIRST_WAIT_MS = 5_000;
/** Milliseconds from when Discord takes messages again, without a limit of its own, until it has the newest, at most. */
export const LONGEST_WAIT_MS = 30_000;
/** Tries that fail for a reason that may pass: almost nine minutes, because the network that voice lost is often also ours. */
const TRIES = 20;
/**
 * Tries of an edit that is refused: a minute, in which a permission may come back. Few, because Discord shuts out who is refused
 * too often: https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
 */
const REFUSED_TRIES = 5;

type Delivery = 'resting' | 'under-way' | 'over';

/**
 * A message that says the newest of what it was told to: one request at a time, a second apart. What fails for a reason that
 * may pass is tried again for minutes, and then when there is something newer to say.
 */
export class PostedNotice implements Posted {
  readonly #parts: PostedNoticeParts;
  #wanted: string;
  #said: string | null = null;
  #messageId: string | null = null;
  readonly #gone = new AbortController();
  /** `over`: the message does not stand, or nothing is said any more. */
  #delivery: Delivery = 'resting';

  constructor(notice: Notice, parts: PostedNoticeParts) {
    this.#parts = parts;
    this.#wanted = contentOf(notice);
    this.#begin();
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
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
        if (this.#isFinal(error)) return this.#end(error);
        if (misses >= (isRefusal(error) ? REFUSED_TRIES : TRIES) || this.#parts.life.aborted)
          return this.#giveUp(error);
        await this.#pause(error instanceof RateLimitError ? error.retryAfter : waitAfter(misses));
      }
    }
    this.#delivery = 'resting';
  }

  /** A message that somebody deleted is not worth a word. */
  #end(refusal: unknown): void {
    this.#delivery = 'over';
    if (this.#messageId === null) this.#parts.posted(refusal);
    this.#gone.abort();
  }

  #giveUp(failure: unknown): void {
    this.#delivery = this.#parts.life.aborted ? 'over' : 'resting';
    if (this.#messageId === null) this.#parts.posted(failure);
    else this.#parts.failed(failure);
  }

  /** A message that stands must not say for ever what is not true any more, so only its end ends the tries. */
  #isFinal(error: unknown): boolean {
    return isRefusal(error) && (this.#messageId === null || NOTHING_THERE.has(error.code));
  }

  async #send(content: string): Promise<void> {
    const { rest, channelId } = this.#parts;
    const request = { body: JSON.parse(content) as object };
    if (this.#messageId !== null) {
      await rest.patch(Routes.channelMessage(channelId, this.#messageId), request);
      return;
    }
    const { id } = (await rest.post(Routes.channelMessages(channelId), request)) as { readonly id: string };
    this.#messageId = id;
    this.#parts.posted(null);
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

/** Milliseconds until the next try, after so many that failed. */
function waitAfter(misses: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (misses - 1), LONGEST_WAIT_MS);
}

/** No permission, or no such message or channel. */
const isRefusal = (error: unknown): error is DiscordAPIError =>
  error instanceof DiscordAPIError && (error.status === 403 || error.status === 404);

const NOTHING_THERE: ReadonlySet<unknown> = new Set([
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownMessage,
]);
