import type { Logger } from 'pino';
import { toTenutoError, type TenutoError } from '../lib/errors.ts';
import type { Track } from '../sources/source.ts';
import { gaveUp, GOES_ON, holding, skipped } from './announcements.ts';
import type { Ending } from './deck.ts';
import { ErrorRecovery } from './error-recovery.ts';
import type { GuildRecord } from './guild-record.ts';
import type { Notice, Posted } from './notice.ts';
import { SparingVoice, type Words } from './sparing-voice.ts';

/** The store endures its disk, so this is for one that has closed or can hold no more. */
const SAVE_AGAIN_MS = 15_000;

export interface TrackEndingsParts {
  readonly record: GuildRecord;
  /** Where the bytes of the track were is not to be trusted any more, because of this failure. */
  forget(track: Track, failure: TenutoError): Promise<void>;
  /** One line for the channel where people gave their commands; null when there is none. */
  announce(notice: Notice): Posted | null;
  readonly log: Logger;
}

/** What follows when an entry has left one guild's deck by itself: the next one, another try, or a wait for a person. */
export class TrackEndings {
  readonly #parts: TrackEndingsParts;
  readonly #recovery = new ErrorRecovery();
  readonly #channel: SparingVoice;
  /** The line that says that the queue waits for a site. */
  #holding: Words | null = null;

  constructor(parts: TrackEndingsParts) {
    this.#parts = parts;
    this.#channel = new SparingVoice((notice) => parts.announce(notice));
  }

  /** Makes durable what follows, and tells people of a failure. Returns the milliseconds to wait before anything is loaded. */
  async follow(ending: Ending): Promise<number> {
    try {
      return await (ending.failure === null ? this.#finished() : this.#failed(ending));
    } catch (error) {
      // Without a record of what comes next, the same entry would start again, and end again, at full speed.
      this.#parts.log.error({ error }, 'what comes next could not be saved');
      return SAVE_AGAIN_MS;
    }
  }

  /** A person took over: failures are counted anew. */
  clear(): void {
    this.#recovery.clear();
  }

  /** Something is heard: nothing is waited for any more. Telling often is harmless. */
  heard(): void {
    this.#holding?.update(GOES_ON);
    this.#holding = null;
  }

  async #finished(): Promise<number> {
    this.#recovery.clear();
    await this.#parts.record.apply({ type: 'advance' });
    return 0;
  }

  async #failed({ entry, failure, positionMs, heardMs }: Ending): Promise<number> {
    const { record, log } = this.#parts;
    const { durationMs } = entry.track;
    const error = toTenutoError(failure);
    const leftMs = durationMs === null ? null : durationMs - positionMs;
    const verdict = this.#recovery.judge({ entryId: entry.id, thrown: error, heardMs, leftMs });
    log.warn({ error, verdict, positionMs, track: entry.track.identifier }, 'track failed');
    switch (verdict.kind) {
      case 'again':
        if (verdict.anew) await this.#parts.forget(entry.track, error);
        await record.update({ positionMs });
        return verdict.afterMs;
      case 'hold':
        await record.update({ positionMs });
        this.#hold(holding(error, Date.now() + verdict.afterMs));
        return verdict.afterMs;
      case 'next':
        await this.#parts.forget(entry.track, error);
        await record.apply({ type: 'skip', amount: 1 });
        if (verdict.told) this.#channel.say(skipped(entry.track, error));
        return 0;
      case 'give-up':
        await record.update({ paused: 'failures', positionMs });
        this.#holding = null;
        this.#channel.say(gaveUp(error));
        return 0;
    }
  }

  /** One line for as long as it lasts. */
  #hold(line: string): void {
    if (this.#holding === null) this.#holding = this.#channel.say(line);
    else this.#holding.update(line);
  }
}
