import type { Logger } from 'pino';
import { TenutoError, toTenutoError } from '../lib/errors.ts';
import { Lock } from '../lib/keyed-lock.ts';
import type { QueueOperation } from '../queue/queue-operations.ts';
import type { LoopMode, QueueEntry, Session } from '../queue/queue.ts';
import type { Track } from '../sources/source.ts';
import { gaveUp, NOT_SAVED, skipped } from './announcements.ts';
import { Deck, type DeckParts, type Ending } from './deck.ts';
import { ErrorRecovery } from './error-recovery.ts';
import type { GuildRecord } from './guild-record.ts';
import { Rest } from './rest.ts';

const NOTE_POSITION_EVERY_MS = 250;
const SAVE_AGAIN_MS = 15_000;
const SAVE_AGAIN_AT_MOST_MS = 5 * 60_000;

/** What a guild's player needs from the rest. */
export interface GuildPlayerParts extends DeckParts {
  readonly record: GuildRecord;
  /** Where the bytes of the track were is not to be trusted any more. */
  forget(track: Track): Promise<void>;
  /** True while there is a connection, or one is being made or mended. */
  connected(): boolean;
  /** One line for the channel where people gave their commands. */
  announce(line: string): void;
  changed(): void;
  readonly log: Logger;
}

/**
 * One guild's music. Every change is first made durable in the record; then `#sync` compares the record with what is on
 * the deck and acts on the difference, so that a command, a restart and a recovery all lead to sound by the same path.
 */
export class GuildPlayer {
  readonly deck: Deck;
  readonly #parts: GuildPlayerParts;
  readonly #recovery = new ErrorRecovery();
  readonly #lock = new Lock();
  #clock: NodeJS.Timeout | null = null;
  /** The current entry waits for its next try. */
  readonly #rest = new Rest();
  /** How often in a row what comes next could not be saved. */
  #unsaved = 0;
  #closed = false;

  constructor(parts: GuildPlayerParts) {
    this.#parts = parts;
    this.deck = new Deck(parts);
    this.deck.on('change', () => {
      this.#keepTime();
      parts.changed();
    });
    this.deck.on('ended', (ending) => {
      this.#ended(ending).catch((error: unknown) => parts.log.error({ error }, 'player could not go on'));
    });
  }

  /** Adds entries at the end and starts when nothing plays. Returns the 1-based place of the first, 0 when it plays. */
  async add(entries: readonly QueueEntry[]): Promise<number> {
    return await this.#decide(async () => {
      const { queue, session } = this.#parts.record;
      // A pause was meant for what played then, not for what is asked for now.
      const stale = queue.current === null && (session.paused === 'person' || session.paused === 'failures');
      if (stale) await this.#parts.record.update({ paused: 'no' });
      const { upcoming } = await this.#parts.record.apply({ type: 'add', entries, start: true });
      return upcoming.findIndex(({ id }) => id === entries[0]?.id) + 1;
    });
  }

  /** Ends the current entry and `amount - 1` after it. Returns the entry that plays next. */
  async skip(amount: number): Promise<QueueEntry | null> {
    return await this.#decide(async () => {
      this.#needCurrent();
      this.deck.clear();
      return await this.#advance({ type: 'skip', amount });
    });
  }

  async pause(): Promise<void> {
    await this.#decide(async () => {
      this.#needCurrent();
      if (this.#parts.record.session.paused === 'person') throw new TenutoError('ALREADY_PAUSED');
      await this.#hold('person');
    });
  }

  async resume(): Promise<void> {
    await this.#decide(async () => {
      this.#needCurrent();
      if (this.#parts.record.session.paused === 'no' && this.deck.entry !== null) throw new TenutoError('NOT_PAUSED');
      this.#recovery.clear();
      await this.#parts.record.update({ paused: 'no' });
    });
  }

  /** Empties the queue. */
  async stop(): Promise<void> {
    await this.#decide(async () => {
      this.#needCurrent();
      await this.#parts.record.update({ paused: 'no' });
      this.deck.clear();
      await this.#parts.record.apply({ type: 'clear' });
    });
  }

  /** Falls silent and keeps everything, so that the next start goes on here. */
  async suspend(patch: Partial<Session> = {}): Promise<void> {
    await this.#decide(async () => {
      const positionMs = this.#positionMs;
      this.deck.clear();
      await this.#parts.record.update({ ...patch, positionMs });
    });
  }

  async setVolume(percent: number): Promise<void> {
    await this.#decide(async () => {
      await this.#parts.record.update({ volume: percent });
      this.deck.setVolume(percent);
    });
  }

  async setLoop(mode: LoopMode): Promise<void> {
    await this.#decide(async () => {
      await this.#parts.record.apply({ type: 'loop', mode });
    });
  }

  /** So many people listen now. An empty channel pauses; somebody who comes resumes, unless a person paused it. */
  async listen(listeners: number): Promise<void> {
    await this.#decide(async () => {
      const { paused } = this.#parts.record.session;
      const wanted = listeners === 0 ? 'nobody' : 'no';
      if (paused === wanted || (paused !== 'no' && paused !== 'nobody')) return;
      if (wanted === 'no') await this.#parts.record.update({ paused: wanted });
      else await this.#hold(wanted);
    });
  }

  /** Writes the position down, falls silent for good. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.deck.entry !== null) await this.suspend();
    this.#rest.end();
  }

  get #positionMs(): number {
    return this.deck.positionMs ?? this.#parts.record.session.positionMs;
  }

  /** One decision at a time; afterwards what sounds follows the record. A person's decision ends a rest. */
  async #decide<T>(decision: () => Promise<T>): Promise<T> {
    return await this.#lock.run(async () => {
      this.#rest.end();
      try {
        return await decision();
      } finally {
        this.#sync();
      }
    });
  }

  #sync(): void {
    const { queue, session } = this.#parts.record;
    if (this.deck.entry !== null && this.deck.entry.id !== queue.current?.id) this.deck.clear();
    const wanted = session.voiceChannelId !== null && session.paused === 'no' && !this.#closed && !this.#rest.lasts;
    if (queue.current !== null && wanted && this.deck.entry === null && this.#parts.connected()) {
      this.deck.load(queue.current, session.positionMs, () => this.#parts.record.session.volume);
    }
    this.deck.hold(session.paused !== 'no');
    this.#parts.changed();
  }

  /** Holds the sound first, so that the position written is that of the last frame; if the write fails, `#sync` lets go. */
  async #hold(paused: 'person' | 'nobody'): Promise<void> {
    this.deck.hold(true);
    await this.#parts.record.update({ paused, positionMs: this.#positionMs });
  }

  #needCurrent(): void {
    if (this.#parts.record.queue.current === null) throw new TenutoError('NOTHING_PLAYING');
  }

  async #advance(operation: QueueOperation): Promise<QueueEntry | null> {
    return (await this.#parts.record.apply(operation)).current;
  }

  async #ended(ending: Ending): Promise<void> {
    await this.#decide(async () => {
      const { entry } = ending;
      if (this.#parts.record.queue.current?.id !== entry.id || this.deck.entry !== null) return;
      try {
        await (ending.failure === null ? this.#finished() : this.#failed(ending));
        this.#unsaved = 0;
      } catch (error) {
        // Without a record of what comes next, the same entry would start again, and end again, at full speed.
        this.#parts.log.error({ error }, 'what comes next could not be saved');
        if (this.#unsaved === 0) this.#parts.announce(NOT_SAVED);
        this.#tryAgainAfter(Math.min(SAVE_AGAIN_MS * 2 ** this.#unsaved, SAVE_AGAIN_AT_MOST_MS));
        this.#unsaved += 1;
      }
    });
  }

  async #finished(): Promise<void> {
    this.#recovery.clear();
    await this.#advance({ type: 'advance' });
  }

  async #failed({ entry, failure, positionMs, heardMs }: Ending): Promise<void> {
    await this.#parts.forget(entry.track);
    const error = toTenutoError(failure);
    const verdict = this.#recovery.judge(entry.id, error, heardMs);
    this.#parts.log.warn({ error, verdict, positionMs, track: entry.track.identifier }, 'track failed');
    switch (verdict.kind) {
      case 'again':
        await this.#parts.record.update({ positionMs });
        if (verdict.afterMs > 0) this.#tryAgainAfter(verdict.afterMs);
        return;
      case 'next':
        await this.#advance({ type: 'skip', amount: 1 });
        this.#parts.announce(skipped(entry.track, error));
        return;
      case 'give-up':
        await this.#parts.record.update({ paused: 'failures', positionMs });
        this.#parts.announce(gaveUp(error));
    }
  }

  /** Loads the current entry again after a while, unless something is decided before. */
  #tryAgainAfter(ms: number): void {
    const report = (error: unknown) => this.#parts.log.error({ error }, 'player could not go on');
    this.#rest.begin(ms, () => this.#decide(async () => {}), report);
  }

  /** Positions are noted while packets leave, and at no other time. */
  #keepTime(): void {
    if (!this.deck.audible && this.#clock !== null) {
      clearInterval(this.#clock);
      this.#clock = null;
    } else if (this.deck.audible) {
      this.#clock ??= setInterval(() => this.#notePosition(), NOTE_POSITION_EVERY_MS);
    }
  }

  #notePosition(): void {
    const { entry, positionMs } = this.deck;
    if (entry !== null && positionMs !== null) this.#parts.record.notePosition(entry.id, positionMs);
  }
}
