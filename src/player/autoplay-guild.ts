import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { toTenutoError } from '../lib/errors.ts';
import { later } from '../lib/time.ts';
import type { QueueOperation } from '../queue/queue-operations.ts';
import type { Queue, QueueEntry, Session } from '../queue/queue.ts';
import { AUTOPLAY } from '../queue/requester.ts';
import type { Track, Urgency } from '../sources/source.ts';
import { AUTOPLAY_PAUSED, lookedInVain, NOTHING_NEW, NOTHING_RELATED } from './announcements.ts';
import { fresh, MOST_FAILURES, nextStep } from './autoplay-policy.ts';
import type { Ending } from './deck.ts';
import type { Playback } from './players.ts';
import type { Edit } from './queue-edits.ts';

/** What autoplay sees of one guild, and what it can do there. */
export interface GuildAutoplayParts {
  session(): Session;
  playback(): Playback;
  /** People in the channel where the music plays. */
  listeners(): number;
  /** Tracks that go with this one; null where its source knows of no such thing. */
  related(track: Track, signal: AbortSignal, urgency: Urgency): Promise<readonly Track[] | null>;
  edit<T>(edit: Edit<T>): Promise<T>;
  say(line: string): void;
  readonly log: Logger;
}

interface Search {
  readonly after: QueueEntry;
  readonly urgency: Urgency;
  readonly life: AbortController;
}

/** Lets one guild's queue go on with related tracks. What it adds is an entry like any other, so a restart finds it, and only it. */
export class GuildAutoplay {
  readonly #parts: GuildAutoplayParts;
  #over = false;
  /** Searches in vain for something to follow this entry, and what is to be said of them. */
  #vain = { afterId: '', tries: 0, line: NOTHING_NEW };
  #search: Search | null = null;
  #alarm = new AbortController();
  readonly #failed = new Set<string>();
  readonly #told = new Set<string>();

  constructor(parts: GuildAutoplayParts) {
    this.#parts = parts;
  }

  /** The queue is now this, because of that. */
  changed(queue: Queue, cause: QueueOperation): void {
    this.#over = queue.current === null && (cause.type === 'advance' || cause.type === 'skip');
    if (cause.type === 'add' && cause.entries.some(({ requestedBy }) => requestedBy !== AUTOPLAY)) this.#failed.clear();
  }

  /** An entry left the deck by itself. */
  ended({ entry, failure }: Ending): void {
    if (failure === null) this.#failed.clear();
    else if (entry.requestedBy === AUTOPLAY) this.#failed.add(entry.id);
    if (this.#failed.size === MOST_FAILURES) this.#say(AUTOPLAY_PAUSED);
  }

  /** Does what is to be done as things stand now. Called whenever something may have changed; that is harmless. */
  look(): void {
    this.#alarm.abort();
    this.#alarm = new AbortController();
    const [session, playback, listeners] = [this.#parts.session(), this.#parts.playback(), this.#parts.listeners()];
    if (!session.autoplay) this.#forget();
    // Who comes later did not hear the queue end.
    if (listeners === 0) this.#over = false;
    const [over, vain, failed] = [this.#over, this.#vain, this.#failed];
    const step = nextStep({ session, playback, listeners, over, vain, failed });
    if (step.kind === 'find') this.#begin(step);
    else this.#callOff();
    if (step.kind === 'wait') later(step.ms, this.#alarm.signal, () => this.look());
    if (step.kind === 'give-up') this.#giveUp();
  }

  close(): void {
    this.#alarm.abort();
    this.#callOff();
  }

  #begin({ after, urgency }: Omit<Search, 'life'>): void {
    const before = this.#search;
    if (before?.after.id === after.id && before.urgency === urgency) return;
    const search = { after, urgency, life: new AbortController() };
    this.#search = search;
    // Asked first, given up then: the answer that is under way already is shared.
    void this.#find(search);
    before?.life.abort();
  }

  #callOff(): void {
    this.#search?.life.abort();
    this.#search = null;
  }

  /** Never rejects. */
  async #find(search: Search): Promise<void> {
    const { after, urgency, life } = search;
    try {
      const tracks = await this.#parts.related(after.track, life.signal, urgency);
      const track = fresh(tracks ?? [], this.#parts.playback().queue);
      if (track !== null) await this.#add(track, life.signal);
      else this.#inVain(search, tracks === null ? NOTHING_RELATED : NOTHING_NEW, Infinity);
    } catch (thrown) {
      if (life.signal.aborted) return;
      const error = toTenutoError(thrown);
      this.#parts.log.warn({ error }, 'autoplay could not look for more');
      // When the queue has ended, nobody waits for another try.
      this.#inVain(search, lookedInVain(error), urgency === 'now' ? Infinity : 1);
    }
  }

  /** Unless somebody wanted something else meanwhile. */
  async #add(track: Track, signal: AbortSignal): Promise<void> {
    const entry = { id: randomUUID(), track, requestedBy: AUTOPLAY, addedAt: Date.now() };
    await this.#parts.edit(() => ({
      operation: signal.aborted ? null : { type: 'add', entries: [entry], start: true },
      answer: () => undefined,
    }));
    this.#told.clear();
  }

  #inVain(search: Search, line: string, tries: number): void {
    if (this.#search !== search) return;
    this.#search = null;
    const before = this.#vain.afterId === search.after.id ? this.#vain.tries : 0;
    this.#vain = { afterId: search.after.id, tries: before + tries, line };
    this.look();
  }

  #giveUp(): void {
    this.#over = false;
    this.#say(this.#vain.line);
  }

  /** The same line once, until there was music in between. */
  #say(line: string): void {
    if (this.#told.has(line)) return;
    this.#told.add(line);
    this.#parts.say(line);
  }

  #forget(): void {
    this.#failed.clear();
    this.#told.clear();
  }
}
