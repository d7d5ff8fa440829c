import { Transform, type TransformCallback } from 'node:stream';
import { TenutoError } from '../../lib/errors.ts';
import { Gain } from './gain.ts';
import { PACKET_MS, packetMs } from './opus-packet.ts';
import { Recut } from './opus-recut.ts';

/** Few, so that a new volume is heard within 100 ms; the sound that is waiting behind them is kept as bytes. */
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
  readonly volume: number;
  /** Asked when the input has ended; rejects when that was not the end of the track. */
  readonly confirmEnd: () => Promise<void>;
  /** What a failure of the input means for a person. */
  readonly explain: (error: Error) => TenutoError;
}

/**
 * The last stage before the ears, the same for all inputs: Opus packets in, of 20 ms all that go out. Leaves out what lies before the
 * start, applies the volume, and makes an error of an end that comes too early.
 */
export class PacketGate extends Transform {
  readonly #gain: Gain;
  readonly #options: PacketGateOptions;
  readonly #recut = new Recut();
  #toSkip: number;
  #received = 0;

  constructor(options: PacketGateOptions) {
    super({ objectMode: true, readableHighWaterMark: QUEUED_PACKETS, writableHighWaterMark: QUEUED_PACKETS });
    this.#options = options;
    this.#gain = new Gain(options.volume);
    this.#toSkip = Math.round((options.startMs - options.beginsAtMs) / PACKET_MS);
  }

  /** Packets of 20 ms that came in, left out ones included. */
  get received(): number {
    return this.#received;
  }

  /** Percent, 0 to 200; holds for every packet that has not left this stage. */
  setVolume(percent: number): void {
    this.#gain.set(percent);
  }

  override _transform(packet: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    // Every sender's clock here ticks in 20 ms, so a 60 ms packet would play three times too fast.
    if (packetMs(packet) === PACKET_MS) {
      this.#recut.reset();
      this.#handOn(packet);
    } else if (this.#received > 0) {
      for (const piece of this.#recut.apply(packet)) this.#handOn(piece);
    } else return done(new UnfitError('packets of another length'));
    done();
  }

  #handOn(packet: Buffer): void {
    this.#received += 1;
    if (this.#received > this.#toSkip) this.push(this.#gain.apply(packet));
  }

  override _flush(done: TransformCallback): void {
    void this.#judgeEnd(done);
  }

  /** Whatever breaks before or in this stage leaves it as an error that a person can read. */
  override destroy(error?: Error): this {
    return super.destroy(error && this.#readable(error));
  }

  #readable(error: Error): Error {
    if (error instanceof TenutoError) return error;
    if ('code' in error) return this.#options.explain(error);
    // Errors of demuxers have no code. Before the first packet they mean that the container is not for them.
    if (this.#received === 0)
      return error instanceof UnfitError ? error : new UnfitError(error.message, { cause: error });
    return new TenutoError('TRACK_UNAVAILABLE', 'the file is damaged', { cause: error });
  }

  async #judgeEnd(done: TransformCallback): Promise<void> {
    try {
      await this.#options.confirmEnd();
      done(this.#received === 0 ? new UnfitError('no packets') : this.#cutOff());
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Lengths are told in whole seconds, and estimated for some formats: only what is clearly missing counts. */
  #cutOff(): TenutoError | null {
    const { durationMs, beginsAtMs } = this.#options;
    const endedAtMs = beginsAtMs + this.#received * PACKET_MS;
    if (durationMs === null || endedAtMs >= durationMs - Math.max(2_000, durationMs / 100)) return null;
    return new TenutoError('TRACK_UNAVAILABLE', 'the sound broke off before the end');
  }
}
