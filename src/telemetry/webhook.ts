import type { Logger } from 'pino';
import { within } from '../lib/time.ts';

const DEADLINE_MS = 5_000;
/** https://docs.discord.com/developers/resources/webhook#execute-webhook */
const LONGEST_CONTENT = 2_000;

/** Posts lines as Discord's webhooks take them, and never more than one request at a time: what is said meanwhile waits. */
export class Webhook {
  readonly #url: URL;
  readonly #log: Logger;
  readonly #life = new AbortController();
  #waiting: string[] = [];
  #posting = false;

  constructor(url: URL, log: Logger) {
    this.#url = url;
    this.#log = log;
  }

  /** Returns at once. What could not be posted is logged, and not tried again. */
  say(line: string): void {
    this.#waiting.push(line);
    if (!this.#posting) void this.#drain();
  }

  /** Gives up what has not been posted. */
  close(): void {
    this.#waiting = [];
    this.#life.abort(new Error('stopping'));
  }

  /** Never rejects. */
  async #drain(): Promise<void> {
    this.#posting = true;
    while (this.#waiting.length > 0) {
      const content = this.#waiting.splice(0).join('\n').slice(0, LONGEST_CONTENT);
      try {
        await this.#post(content);
      } catch (error) {
        // The URL is as good as a password, so it is in no line.
        this.#log.warn({ error }, 'an alert could not be posted');
      }
    }
    this.#posting = false;
  }

  async #post(content: string): Promise<void> {
    const life = new AbortController();
    const late = () => new Error('the webhook did not answer in time');
    const body = JSON.stringify({ content, allowed_mentions: { parse: [] } });
    const headers = { 'content-type': 'application/json' };
    const { signal } = life;
    try {
      const request = fetch(this.#url, { method: 'POST', redirect: 'error', headers, body, signal });
      const response = await within(DEADLINE_MS, request, late, this.#life.signal);
      if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
    } finally {
      // Whatever is left of the answer is of no use.
      life.abort();
    }
  }
}
