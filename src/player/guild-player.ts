import { TenutoError } from '../lib/errors.ts';
import { Lock } from '../lib/keyed-lock.ts';
import { applyOperation, restarts } from '../queue/queue-operations.ts';
import type { Session } from '../queue/queue.ts';
import type { Track, Urgency } from '../sources/source.ts';
import { Deck, type DeckParts, type Ending } from './deck.ts';
import { keepTime } from './position-clock.ts';
import type { Edit } from './queue-edits.ts';
import { filteringOf } from './filters.ts';
import { NextSound } from './next-sound.ts';
import { Rest } from './rest.ts';
import { Swaps } from './swaps.ts';
import { TrackEndings, type TrackEndingsParts } from './track-endings.ts';

/** What a guild's player needs from the rest. */
export interface GuildPlayerParts extends DeckParts, TrackEndingsParts {
  /** True while there is a connection, or one is being made or mended: a track may be opened. */
  connected(): boolean;
  changed(): void;
}

/**
 * One guild's music. Every change is first made durable in the record; then `#sync` compares the record with what is on
 * the deck and acts on the difference, so that a command, a restart and a recovery all lead to sound by the same path.
 */
export class GuildPlayer {
  readonly deck: Deck;
  readonly #parts: GuildPlayerParts;
  readonly #endings: TrackEndings;
  readonly #next: NextSound;
  /** What people change of the track that plays while it plays. */
  readonly swaps: Swaps;
  readonly #lock = new Lock();
  /** How the current entry ended, until what follows is decided: it is not put on the deck again meanwhile. */
  #ending: Ending | null = null;
  /** The current entry waits for its next try. */
  readonly #rest = new Rest();
  /** What an earlier process left gives way to whatever people ask for now. */
  #urgency: Urgency = 'ahead';
  /** A track is opened that will be the first one, and is not in the queue yet. */
  #expected = false;
  #closed = false;

  constructor(parts: GuildPlayerParts) {
    this.#parts = parts;
    this.#endings = new TrackEndings(parts);
    this.#next = new NextSound(parts);
    this.deck = new Deck(this.#next);
    const decide = <T>(decision: () => Promise<T>) => this.#decide(decision);
    this.swaps = new Swaps({ deck: this.deck, record: parts.record, decide });
    keepTime(this.deck, (entryId, positionMs) => parts.record.notePosition(entryId, positionMs));
    this.deck.on('change', () => {
      if (this.deck.audible) this.#endings.heard();
      if (this.deck.entry !== null) this.#prepareNext();
      parts.changed();
    });
    this.deck.on('ended', (ending) => void this.#ended(ending).catch((error: unknown) => this.#report(error)));
  }

  /**
   * Does to the queue what somebody wants, and returns the answer. Places are looked up when its turn has come. `later`: it
   * follows from what they asked for before.
   */
  async edit<T>(edit: Edit<T>, wanted: 'now' | 'later' = 'now'): Promise<T> {
    return await this.#decide(async () => {
      const { record } = this.#parts;
      const before = record.queue;
      const { operation, answer } = edit(before);
      if (operation === null) return answer(before);
      // A pause was meant for what played then, not for what is asked for now.
      const stale = before.current === null && ['person', 'failures'].includes(record.session.paused);
      if (stale) await record.update({ paused: 'no', pausedBy: null });
      if (wanted === 'now') this.#ask();
      const after = await record.apply(operation);
      // The same entry may be on the deck already, when it starts anew.
      if (restarts(operation, before, after)) this.#takeOff();
      return answer(after);
    });
  }

  /** Opens a track that is about to be added to a queue in which it will be the first; null: it will not be added after all. */
  expect(track: Track | null): void {
    const { queue, session } = this.#parts.record;
    this.#expected = track !== null && queue.current === null;
    if (track === null || !this.#expected) return this.#prepareNext();
    const { volume, filters } = session;
    this.#next.prepare({ id: 'expected', track, volume, filtering: filteringOf(filters) });
  }

  async pause(userId: string): Promise<void> {
    await this.#decide(async () => {
      this.#needCurrent();
      if (this.#parts.record.session.paused === 'person') throw new TenutoError('ALREADY_PAUSED');
      await this.#hold({ paused: 'person', pausedBy: userId });
    });
  }

  async resume(): Promise<void> {
    await this.#decide(async () => {
      this.#needCurrent();
      if (this.#parts.record.session.paused === 'no' && this.deck.entry !== null) throw new TenutoError('NOT_PAUSED');
      this.#endings.clear();
      this.#ask();
      await this.#parts.record.update({ paused: 'no', pausedBy: null });
    });
  }

  /**
   * Falls silent and keeps everything, so that the next start goes on here. Asks first, when its turn has come, whether that
   * is still `wanted`; false: it was not.
   */
  async suspend(patch: Partial<Session> = {}, wanted = () => true): Promise<boolean> {
    return await this.#decide(async () => {
      if (!wanted()) return false;
      const positionMs = this.#positionMs;
      this.deck.clear();
      await this.#parts.record.update({ ...patch, positionMs });
      return true;
    });
  }

  /** How loud it is, heard at once. */
  async setLevel(level: Partial<Pick<Session, 'volume' | 'normalise'>>): Promise<void> {
    await this.#decide(async () => {
      await this.#parts.record.update(level);
      this.deck.setVolume(this.#parts.record.session.volume);
    });
  }

  /** Makes durable what people chose, where it changes nothing of what sounds now. */
  async choose(choice: Partial<Pick<Session, 'stay' | 'autoplay' | 'sponsorblock'>>): Promise<void> {
    await this.#decide(() => this.#parts.record.update(choice));
  }

  /** So many people listen now, in that channel where the bot has come to one. None pause; who comes resumes, unless a person paused it. */
  async listen(listeners: number, comeTo?: string): Promise<void> {
    await this.#decide(async () => {
      const { paused, voiceChannelId } = this.#parts.record.session;
      // In its turn: to be in none may have been decided before.
      if (comeTo !== undefined && comeTo !== voiceChannelId)
        await this.#parts.record.update({ voiceChannelId: comeTo });
      const wanted = listeners === 0 ? 'nobody' : 'no';
      if (paused === wanted || (paused !== 'no' && paused !== 'nobody')) return;
      if (wanted === 'no') await this.#parts.record.update({ paused: wanted });
      else await this.#hold({ paused: wanted });
    });
  }

  /** Lets what sounds follow the record, as voice is now. Decides nothing, so that a rest goes on. */
  async catchUp(): Promise<void> {
    await this.#lock.run(() => this.#sync());
  }

  /** Writes the position down, falls silent for good. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.deck.entry !== null) await this.suspend();
    // Of what has just ended the silence is still to be sent; without a connection it would wait there for ever.
    this.deck.clear();
    this.#rest.end();
  }

  /** True while the current entry waits for its next try. */
  get rests(): boolean {
    return this.#rest.lasts;
  }

  get #positionMs(): number {
    return this.deck.positionMs ?? this.#parts.record.session.positionMs;
  }

  /** A person wants to hear something now. */
  #ask(): void {
    this.#rest.end();
    this.#urgency = 'now';
  }

  /** One decision at a time; afterwards what sounds follows the record. */
  async #decide<T>(decision: () => Promise<T>): Promise<T> {
    return await this.#lock.run(async () => {
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
    const waits = this.#closed || this.#rest.lasts || this.#ending !== null;
    const wanted = session.voiceChannelId !== null && session.paused === 'no' && !waits;
    if (queue.current !== null && wanted && this.deck.entry === null && this.#parts.connected()) {
      // In a live stream there is nothing to go back to.
      const startMs = queue.current.track.live ? 0 : session.positionMs;
      const volume = () => this.#parts.record.session.volume;
      const filtering = filteringOf(session.filters);
      this.deck.load(queue.current, { startMs, volume, filtering, urgency: this.#urgency });
    }
    this.deck.hold(session.paused !== 'no');
    this.#prepareNext();
    this.#parts.changed();
  }

  /** Near the end of what sounds, what follows is opened, and let go of when something else will follow. */
  #prepareNext(): void {
    const { queue, session } = this.#parts.record;
    // Its turn has come, or comes in a moment.
    if (this.deck.loading || this.#ending !== null) return;
    if (queue.current !== null) this.#expected = false;
    if (this.#expected) return;
    const entry = this.deck.nearEnd ? applyOperation(queue, { type: 'advance' }).current : null;
    const { volume, filters } = session;
    this.#next.prepare(entry && { id: entry.id, track: entry.track, volume, filtering: filteringOf(filters) });
  }

  /** Holds the sound first, so that the position written is that of the last frame; if the write fails, `#sync` lets go. */
  async #hold(patch: Pick<Session, 'paused'> & Partial<Session>): Promise<void> {
    this.deck.hold(true);
    await this.#parts.record.update({ ...patch, positionMs: this.#positionMs });
  }

  #needCurrent(): void {
    if (this.#parts.record.queue.current === null) throw new TenutoError('NOTHING_PLAYING');
  }

  /** What was on the deck, or has just ended there, means nothing any more. */
  #takeOff(): void {
    this.#ending = null;
    this.deck.clear();
  }

  /** Ignored when it was decided meanwhile that something starts anew. */
  async #ended(ending: Ending): Promise<void> {
    this.#ending = ending;
    await this.#decide(async () => {
      if (this.#ending !== ending) return;
      this.#ending = null;
      this.#urgency = 'now';
      const waitMs = await this.#endings.follow(ending);
      const wake = () => this.catchUp();
      if (waitMs > 0) this.#rest.begin(waitMs, wake, (error) => this.#report(error));
    });
  }

  #report(error: unknown): void {
    this.#parts.log.error({ error }, 'player could not go on');
  }
}
