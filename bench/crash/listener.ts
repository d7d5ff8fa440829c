import type { EventEmitter } from 'node:events';
import type { HeardPacket } from '../../loopback/ears.ts';
import { isSilence, type Place, type SongBook } from '../chaos/song-book.ts';

const FRAME_MS = 20;
/** A song is heard from its beginning when its place is no further than what was heard since it was asked for, and this. */
const SLACK = 10;
/** Frames before the end of a song: after these it may be the next one that is heard. */
const ENDING = 100;

/** The first sound after the bot died. */
export interface Return {
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
  /** Null at a loudness at which songs cannot be recognised. */
  readonly song: string | null;
  /** How far from where it broke off, milliseconds; null when nobody knows where that was. */
  readonly errorMs: number | null;
}

/** What somebody heard last before the bot died, and first after it. */
export class Listener {
  readonly #book: SongBook;
  /** The last frame of the current track. Null: a loudness at which it cannot be told, or nothing of that track yet. */
  #last: Place | null = null;
  /** Frames since a track was asked to start and was not yet heard to; null when it was. */
  #awaited: number | null = 0;
  #heard = 0;
  #back: Return | null = null;
  #dead = false;
  /** Of the voice session that was heard last. */
  #ssrc = 0;

  constructor(ears: EventEmitter<{ packet: [HeardPacket] }>, book: SongBook) {
    this.#book = book;
    ears.on('packet', (packet) => this.#take(packet));
  }

  /** Frames so far that were not silence. */
  get heard(): number {
    return this.#heard;
  }

  /** The first sound since the bot died last, or null while there is none. */
  get back(): Return | null {
    return this.#back;
  }

  /** A track was asked to start from its beginning, and may have: where the music was means nothing any more. */
  begins(): void {
    this.#awaited = 0;
    this.#last = null;
  }

  /** The bot is dead. */
  died(): void {
    this.#back = null;
    this.#dead = true;
  }

  #take({ opus, at, ssrc }: HeardPacket): void {
    if (isSilence(opus)) return;
    this.#heard += 1;
    const place = this.#book.find(opus);
    // What the dead one had sent may still arrive.
    if (this.#dead && ssrc !== this.#ssrc) this.#returned(place, at);
    this.#ssrc = ssrc;
    if (place === null) this.#last = null;
    else this.#follow(place);
  }

  #returned(place: Place | null, at: number): void {
    this.#dead = false;
    const last = this.#last;
    const ended = last !== null && last.index >= this.#book.length(last.song) - ENDING;
    const known = place !== null && last !== null && place.song === last.song && !ended;
    const errorMs = known ? Math.abs(place.index - last.index - 1) * FRAME_MS : null;
    this.#back = { at, song: place?.song ?? null, errorMs };
  }

  #follow(place: Place): void {
    if (this.#awaited !== null) {
      this.#awaited += 1;
      if (place.index > this.#awaited + SLACK) return;
      this.#awaited = null;
    }
    this.#last = place;
  }
}
