import type { Notice, Posted } from './notice.ts';

/** Messages in any window of so many milliseconds. */
const LIMIT = 5;
const WINDOW_MS = 5 * 60_000;

/** One of the messages, and how many notices took its place since it was posted. */
interface Message {
  readonly posted: Posted;
  readonly at: number;
  more: number;
  /** Whose words it shows. */
  speaker: object;
}

/** Tells a channel about one kind of thing without flooding it: what is beyond the limit takes the place of what was said last. */
export class SparingVoice {
  readonly #announce: (notice: Notice) => Posted | null;
  #times: readonly number[] = [];
  #last: Message | null = null;

  constructor(announce: (notice: Notice) => Posted | null) {
    this.#announce = announce;
  }

  /** Says it in a message of its own or in the last one. Null when there is nowhere to say it. */
  say(notice: Notice): Posted | null {
    const now = Date.now();
    this.#times = this.#times.filter((at) => now - at < WINDOW_MS);
    if (this.#times.length >= LIMIT && this.#last !== null) return this.#takeOver(this.#last, notice);
    const posted = this.#announce(notice);
    if (posted === null) return null;
    this.#times = [...this.#times, now];
    const speaker = {};
    this.#last = { posted, at: now, more: 0, speaker };
    return through(this.#last, speaker);
  }

  #takeOver(last: Message, notice: Notice): Posted {
    const speaker = {};
    last.speaker = speaker;
    last.more += 1;
    const posted = through(last, speaker);
    posted.update(notice);
    return posted;
  }
}

/** What somebody else's words have replaced is not changed any more. */
function through(message: Message, speaker: object): Posted {
  return {
    update(notice) {
      if (message.speaker === speaker) message.posted.update(counted(notice, message));
    },
  };
}

function counted(notice: Notice, { more, at }: Message): Notice {
  if (more === 0) return notice;
  const add = (line: string) => `${line}\n-# and ${more} more since <t:${Math.floor(at / 1_000)}:R>`;
  return typeof notice === 'string' ? add(notice) : { ...notice, line: add(notice.line) };
}
