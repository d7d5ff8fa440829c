import type { HeardPacket } from '../../loopback/ears.ts';
import { isSilence, type Place, type SongBook } from './song-book.ts';

/** What the witnesses could not have heard between two moments of `performance.now()`: so many frames at most. */
export type Swallowed = (from: number, to: number) => number;

/** Frames that may be missed between two sessions: one in the player's hand, and what came between two looks of the double. */
const IN_HAND = 3;
/** So many frames of another loudness in a row say nothing about where the song is. */
const BLURRED = 250;

interface Last extends Place {
  readonly at: number;
  readonly ssrc: number;
  readonly sequence: number;
}

/**
 * Follows what one guild hears, packet by packet, and says what no faultless player would let them hear: a frame twice, a
 * frame left out that nothing swallowed, a song that begins in its middle, another song that nobody asked for.
 */
export class Hearing {
  readonly #book: SongBook;
  readonly #swallowed: Swallowed;
  readonly #since = performance.now();
  #last: Last | null = null;
  /** Frames since the last known one that are of no song: another loudness. */
  #blurred = 0;
  /** Commands that end a song before its end, as far as nobody has heard that they did. */
  #cuts = 0;
  #muffled = false;
  #frames = 0;
  #run = 0;

  constructor(book: SongBook, swallowed: Swallowed) {
    this.#book = book;
    this.#swallowed = swallowed;
  }

  /** Frames of songs heard so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Frames of one song, from its first on, that were heard last and without a gap between them. */
  get run(): number {
    return this.#run;
  }

  /** Somebody asked for another song than the one that plays. What is returned takes it back: they were refused. */
  expectCut(): () => void {
    this.#cuts += 1;
    return () => (this.#cuts = Math.max(0, this.#cuts - 1));
  }

  /** Somebody asked for a loudness, in which frames have other bytes than in the file. */
  expectOtherLoudness(): void {
    this.#muffled = true;
  }

  /** Takes the next packets, in order of arrival; says in words what is wrong with them. */
  take(packets: readonly HeardPacket[]): string[] {
    return packets.flatMap((packet) => this.#one(packet) ?? []);
  }

  #one(packet: HeardPacket): string | null {
    if (isSilence(packet.opus)) return null;
    const last = this.#last;
    // Overtaken on the way, or twice: that is the network's doing.
    if (last?.ssrc === packet.ssrc && ahead(last.sequence, packet.sequence) <= 0) return null;
    const place = this.#book.find(packet.opus);
    if (place === null) {
      this.#blurred += 1;
      return this.#muffled ? null : 'a frame was heard that is of no song';
    }
    this.#frames += 1;
    const wrong = last === null ? this.#begin(place, packet) : this.#step(last, place, packet);
    const goesOn = last?.song === place.song && last.index === place.index - 1 && this.#run === place.index;
    this.#run = place.index === 0 ? 1 : goesOn ? this.#run + 1 : 0;
    const { ssrc, sequence, at } = packet;
    this.#last = { ...place, ssrc, sequence, at };
    this.#blurred = 0;
    return wrong;
  }

  #begin(place: Place, { at }: HeardPacket): string | null {
    const budget = this.#swallowed(this.#since, at) + IN_HAND + this.#blurred;
    return place.index <= budget ? null : `the first that was heard is ${name(place)}; only ${budget} were lost`;
  }

  #step(last: Last, place: Place, { ssrc, sequence, at }: HeardPacket): string | null {
    const blurred = this.#blurred;
    if (blurred > BLURRED) return null;
    // Within a session the numbers prove what left; between two of them it takes the double's word.
    const sent = ahead(last.sequence, sequence) - 1 - blurred;
    const budget = last.ssrc === ssrc ? sent : this.#swallowed(last.at, at) + IN_HAND;
    const continued = place.song === last.song ? place.index - last.index - 1 - blurred : -1;
    if (continued >= 0 && continued <= budget) return null;
    const fromEndToStart = this.#book.length(last.song) - 1 - last.index + place.index - blurred;
    if (fromEndToStart <= budget) return null;
    const told = `${name(last)} was followed by ${name(place)}; at most ${budget} frames were lost on the way`;
    if (this.#cuts === 0) return told;
    this.#cuts -= 1;
    return place.index <= budget + blurred ? null : `${told}, and the new song did not start at its beginning`;
  }
}

const name = ({ song, index }: Place): string => `frame ${index} of ${song}`;

/** How far the second RTP sequence number is behind the first: 16 bits that wrap. */
const ahead = (from: number, to: number): number => ((to - from) << 16) >> 16;
