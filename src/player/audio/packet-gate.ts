import { TenutoError } from '../../lib/errors.ts';
import { Gain } from './gain.ts';
import type { JitterBuffer } from './jitter-buffer.ts';
import { amplitudeOf } from './loudness.ts';
import { OggParser } from './ogg-parser.ts';
import { outputGainDb, PACKET_MS, packetMs } from './opus-packet.ts';
import type { OnHead, OpusParser } from './opus-parser.ts';
import { Recut } from './opus-recut.ts';
import { OwnOggParser } from './own-ogg-parser.ts';
import { WebmParser } from './webm-parser.ts';

/** Lengths are often told in whole seconds. */
const WHOLE_MS = 1_000;

type Parser = Omit<OpusParser, 'timeMs'>;

const PARSERS = {
  'webm-opus': (onHead: OnHead): Parser => new WebmParser(onHead),
  'ogg-opus': (onHead: OnHead): Parser => new OggParser(onHead),
  /** Written by our own ffmpeg. */
  'own-ogg': (onHead: OnHead): Parser => new OwnOggParser(onHead),
};

/** The packets may not be sent as they are: the audio has to go through ffmpeg. */
export class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

export interface PacketGateOptions {
  readonly container: keyof typeof PARSERS;
  /** Where the first packet that comes in belongs in the track. */
  readonly beginsAtMs: number;
  /** Where the first packet that goes out belongs. */
  readonly startMs: number;
  /** The length of the track, or null when it is unknown. */
  readonly durationMs: number | null;
  /** Milliseconds of the track in one of its sound; 1 unless told. */
  readonly tempo?: number;
  /** Asked when the input has ended; rejects when that was not the end of the track. `whole`: as much came as the track is long. */
  readonly confirmEnd: (whole: boolean) => Promise<void>;
  /** What a failure of the input means for a person. */
  readonly explain: (error: Error) => TenutoError;
}

/**
 * Where all inputs come together: the bytes of a file in, its Opus packets into the buffer, all of 20 ms. Leaves out what lies
 * before the start, and makes a failure of an end that comes too early; the buffer learns of both in their turn, behind the
 * packets. A packet is taken out of its chunk only when there is room for it, so that a chunk full of tiny ones costs no more
 * memory than any other.
 */
export class PacketGate {
  readonly #buffer: JitterBuffer;
  readonly #options: PacketGateOptions;
  readonly #parser: Parser;
  readonly #recut = new Recut();
  readonly #outputGain = new Gain(100);
  readonly #toSkip: number;
  #received = 0;

  constructor(buffer: JitterBuffer, options: PacketGateOptions) {
    this.#buffer = buffer;
    this.#options = options;
    this.#parser = PARSERS[options.container]((head) => this.#introduce(head));
    this.#toSkip = Math.round((options.startMs - options.beginsAtMs) / PACKET_MS);
  }

  /** Packets of 20 ms that came in, left out ones included. */
  get received(): number {
    return this.#received;
  }

  /** True while there is room for more. */
  get hungry(): boolean {
    return !this.#buffer.full;
  }

  /** Reads bytes to their end. Whatever goes wrong, also with them, the buffer is told; then they are read no more. */
  async pour(bytes: AsyncIterable<Buffer>): Promise<void> {
    try {
      await this.#readAll(bytes);
      await this.#options.confirmEnd(this.#isWhole());
      this.#parser.finish();
      if (this.#received === 0) throw new UnfitError('no packets');
      this.#buffer.finish(this.#cutOff());
    } catch (error) {
      this.#buffer.finish(this.#readable(error instanceof Error ? error : new Error(String(error))));
    }
  }

  async #readAll(bytes: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const chunk of bytes) {
        this.#parser.feed(chunk);
        for (let packet = this.#parser.next(); packet; packet = this.#parser.next()) {
          this.#take(packet);
          if (this.#buffer.full) await this.#buffer.room();
        }
      }
    } catch (error) {
      // Behind a container that is complete, as behind a Content-Length that is too long, that was the end.
      if (!this.#parser.complete) throw error;
    }
  }

  /**
   * What follows is of a stream with this OpusHead. Streams of several songs may bring output gain on the way; ffmpeg, which
   * would apply it too, does not get to a second song, nor knows how to begin there.
   */
  #introduce(head: Buffer): void {
    const gain = outputGainDb(head);
    if (gain === null || (gain !== 0 && this.#received === 0))
      throw new UnfitError('channels or gain that a decoder must apply');
    this.#outputGain.set(100 * amplitudeOf(gain));
  }

  #take(packet: Buffer): void {
    // Every sender's clock here ticks in 20 ms, so a 60 ms packet would play three times too fast.
    if (packetMs(packet) === PACKET_MS) {
      this.#recut.reset();
      this.#handOn(packet);
    } else if (this.#received > 0) {
      for (const piece of this.#recut.apply(packet)) this.#handOn(piece);
    } else throw new UnfitError('packets of another length');
  }

  #handOn(packet: Buffer): void {
    this.#received += 1;
    if (this.#received > this.#toSkip) this.#buffer.add(this.#outputGain.apply(packet));
  }

  /** Whatever breaks before or in this stage leaves it as an error that a person can read. */
  #readable(error: Error): Error {
    if (error instanceof TenutoError) return error;
    if ('code' in error) return this.#options.explain(error);
    // Errors of demuxers have no code. Before the first packet they mean that the container is not for them.
    if (this.#received === 0)
      return error instanceof UnfitError ? error : new UnfitError(error.message, { cause: error });
    return new TenutoError('TRACK_UNAVAILABLE', 'the file is damaged', { cause: error });
  }

  /** A length that is too short is none to go by. */
  #isWhole(): boolean {
    const { durationMs } = this.#options;
    return durationMs !== null && Math.abs(this.#endedAtMs - durationMs) <= WHOLE_MS;
  }

  get #endedAtMs(): number {
    return this.#options.beginsAtMs + this.#received * PACKET_MS * (this.#options.tempo ?? 1);
  }

  #cutOff(): TenutoError | null {
    const { durationMs } = this.#options;
    if (durationMs === null || this.#endedAtMs >= durationMs - tolerance(durationMs)) return null;
    return new TenutoError('TRACK_UNAVAILABLE', 'the sound broke off before the end');
  }
}

/** Lengths are told in whole seconds, and estimated for some formats: only what is clearly missing counts. */
const tolerance = (durationMs: number) => Math.max(2_000, durationMs / 100);
