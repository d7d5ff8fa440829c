import { moment } from '../lib/format.ts';
import type { Notice, Posted } from './notice.ts';

/** Messages in any window of so many milliseconds. */
const LIMIT = 5;
const WINDOW_MS = 5 * 60_000;

/** What somebody says. It changes nobody else's words, and does not come back once others replaced it. */
export type Words = Pick<Posted, 'update'>;

/** Somebody's newest words, and the message that was to show them. */
interface Speaker {
  notice: Notice;
  message: Message | null;
}

/** One of the messages, and how many notices took its place since it was posted. */
interface Message {
  readonly posted: Posted;
  readonly at: number;
  more: number;
  /** Whose words it shows. */
  speaker: Speaker;
}

/** Tells a channel about one kind of thing without flooding it: what is beyond the limit takes the place of what was said last. */
export class SparingVoice {
  readonly #announce: (notice: Notice) => Posted | null;
  #times: readonly number[] = [];
  #last: Message | null = null;

  constructor(announce: (notice: Notice) => Posted | null) {
    this.#announce = announce;
  }

  /** Says it in a message of its own, or in the last one if that still stands. Null when there is nowhere to say it. */
  say(notice: Notice): Words | null {
    const now = Date.now();
    this.#times = this.#times.filter((at) => now - at < WINDOW_MS);
    const speaker: Speaker = { notice, message: null };
    const last = this.#last;
    if (this.#times.length >= LIMIT && last !== null && !last.posted.gone.aborted) takeOver(last, speaker);
    else this.#post(speaker);
    return speaker.message === null ? null : { update: (next) => change(speaker, next) };
  }

  #post(speaker: Speaker): void {
    const posted = this.#announce(speaker.notice);
    if (posted === null) return;
    const message = { posted, at: Date.now(), more: 0, speaker };
    speaker.message = message;
    this.#times = [...this.#times, message.at];
    this.#last = message;
    // That it was deleted shows only when others take it over, whose words nobody has read then.
    const again = () => message.more > 0 && this.#post(message.speaker);
    posted.gone.addEventListener('abort', again, { once: true });
  }
}

function takeOver(message: Message, speaker: Speaker): void {
  message.more += 1;
  message.speaker = speaker;
  speaker.message = message;
  show(message);
}

function change(speaker: Speaker, notice: Notice): void {
  speaker.notice = notice;
  if (speaker.message?.speaker === speaker) show(speaker.message);
}

function show({ posted, speaker, more, at }: Message): void {
  const add = (line: string) => (more === 0 ? line : `${line}\n-# and ${more} more since ${moment(at)}`);
  const { notice } = speaker;
  posted.update(typeof notice === 'string' ? add(notice) : { ...notice, line: add(notice.line) });
}
