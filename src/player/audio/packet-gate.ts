import { Writable } from 'node:stream';
import { TenutoError } from '../../lib/errors.ts';
import { Gain } from './gain.ts';
import type { JitterBuffer } from './jitter-buffer.ts';
import { amplitudeOf } from './loudness.ts';
import { outputGainDb, PACKET_MS, packetMs } from './opus-packet.ts';
import { Recut } from './opus-recut.ts';

/** Lengths are often told in whole seconds. */
const WHOLE_MS = 1_000;
/** Few: they wait behind this stage. */
const QUEUED_PACKETS = 4;

/** The packets may not be sent as they are: the audio has to go through ffmpeg. */
export class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

export interface PacketGateOptions {
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
 * Where all inputs come together: Opus packets in, of 20 ms all that go on into the buffer. Leaves out what lies before the
 * start, and makes a failure of an end that comes too early; the buffer learns of both in their turn, behind the packets.
 */
export class PacketGate extends Writable {
  readonly #buffer: JitterBuffer;
  readonly #options: PacketGateOptions;
  readonly #recut = new Recut();
  readonly #outputGain = new Gain(100);
  #toSkip: number;
  #received = 0;

  constructor(buffer: JitterBuffer, options: PacketGateOptions) {
    super({ objectMode: true, highWaterMark: QUEUED_PACKETS });
    this.#buffer = buffer;
    this.#options = options;
    this.#toSkip = Math.round((options.startMs - options.beginsAtMs) / PACKET_MS);
    buffer.once('close', () => this.destroy());
  }

  /** Packets of 20 ms that came in, left out ones included. */
  get received(): number {
    return this.#received;
  }

  /** True while there is room for more. */
  get hungry(): boolean {
    return !this.#buffer.full;
  }

  /**
   * What follows is of a stream with this OpusHead. Streams of several songs may bring output gain on the way; ffmpeg, which
   * would apply it too, does not get to a second song, nor knows how to begin there.
   */
  introduce(head: Buffer): void {
    const gain = outputGainDb(head);
    if (gain === 0 || (gain !== null && this.#received > 0)) this.#outputGain.set(100 * amplitudeOf(gain));
    else this.destroy(new UnfitError('channels or gain that a decoder must apply'));
  }

  override _write(packet: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // Every sender's clock here ticks in 20 ms, so a 60 ms packet would play three times too fast.
    if (packetMs(packet) === PACKET_MS) {
      this.#recut.reset();
      this.#handOn(packet);
    } else if (this.#received > 0) {
      for (const piece of this.#recut.apply(packet)) this.#handOn(piece);
    } else return done(new UnfitError('packets of another length'));
    this.#buffer.whenRoom(done);
  }

  #handOn(packet: Buffer): void {
    this.#received += 1;
    if (this.#received > this.#toSkip) this.#buffer.add(this.#outputGain.apply(packet));
  }

  override _final(done: (error?: Error | null) => void): void {
    void this.#judgeEnd(done);
  }

  /** A length that is too short is none to go by. */
  #isWhole(): boolean {
    const { durationMs } = this.#options;
    return durationMs !== null && Math.abs(this.#endedAtMs - durationMs) <= WHOLE_MS;
  }

  get #endedAtMs(): number {
    return this.#options.beginsAtMs + this.#received * PACKET_MS * (this.#options.tempo ?? 1);
  }

  /** Whatever breaks before or in this stage leaves it as an error that a person can read. */
  override destroy(error?: Error): this {
    return super.destroy(error && this.#readable(error));
  }

  override _destroy(failure: Error | null, done: (error?: Error | null) => void): void {
    if (failure) this.#buffer.finish(failure);
    done(failure);
  }

  #readable(error: Error): Error {
    if (error instanceof TenutoError) return error;
    if ('code' in error) return this.#options.explain(error);
    // Errors of demuxers have no code. Before the first packet they mean that the container is not for them.
    if (this.#received === 0)
      return error instanceof UnfitError ? error : new UnfitError(error.message, { cause: error });
    return new TenutoError('TRACK_UNAVAILABLE', 'the file is damaged', { cause: error });
  }

  async #judgeEnd(done: (error?: Error | null) => void): Promise<void> {
    try {
      await this.#options.confirmEnd(this.#isWhole());
      const failure = this.#received === 0 ? new UnfitError('no packets') : this.#cutOff();
      if (!failure) this.#buffer.finish();
      done(failure);
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #cutOff(): TenutoError | null {
    const { durationMs } = this.#options;
    if (durationMs === null || this.#endedAtMs >= durationMs - tolerance(durationMs)) return null;
    return new TenutoError('TRACK_UNAVAILABLE', 'the sound broke off before the end');
  }
}

/** Lengths are told in whole seconds, and estimated for some formats: only what is clearly missing counts. */
const tolerance = (durationMs: number) => Math.max(2_000, durationMs / 100);
