import { Readable } from 'node:stream';

/** Five seconds: what is heard while a connection is mended or a disk is busy. */
const MOST_PACKETS = 250;
/** As much at the highest rate of Opus, 510 kbit/s (RFC 6716, 2.1.1). */
const MOST_BYTES = 320 * 1024;
/** Filled up again when a fifth of it has gone, and not for each packet: to wake up costs more than a packet does. */
const REFILL_AT = 0.8;

/**
 * What waits in front of the audio player. Packets wait untouched and are given their sound in the very moment in which they are
 * read, so that a change is heard with the next one, however many wait. What came before an end or a failure is heard before it.
 */
export class JitterBuffer extends Readable {
  readonly #finish: (packet: Buffer) => Buffer;
  #packets: Buffer[] = [];
  #bytes = 0;
  #full = false;
  /** A reader found nothing, and takes the next packet as soon as it comes. */
  #wanted = false;
  #over = false;
  #failure: Error | null = null;
  #onRoom: (() => void) | null = null;

  /** `finish` makes of a packet what goes out. */
  constructor(finish: (packet: Buffer) => Buffer) {
    // Nothing is read ahead: what Node would keep would be finished too early.
    super({ objectMode: true, highWaterMark: 0 });
    this.#finish = finish;
  }

  /** How many packets wait. */
  get waiting(): number {
    return this.#packets.length;
  }

  /** True from when as much waits as may, until there is room for more than one packet again. */
  get full(): boolean {
    return this.#full;
  }

  add(packet: Buffer): void {
    if (this.destroyed) return;
    if (this.#wanted) {
      this.#wanted = this.push(this.#finish(packet));
      return;
    }
    // A copy, as a packet would otherwise hold the piece of the file in which it came: of a video, a thousand times its size.
    this.#packets.push(Buffer.from(packet));
    this.#bytes += packet.length;
    this.#full ||= this.#holds(1);
  }

  /** Resolves as soon as it is not full. */
  async room(): Promise<void> {
    if (this.#full) await new Promise<void>((resolve) => (this.#onRoom = resolve));
  }

  /** No packet comes any more: because that is all, which 'arrived' tells, or because of a failure. */
  finish(failure: Error | null = null): void {
    if (this.#over || this.destroyed) return;
    this.#over = true;
    this.#failure = failure;
    if (failure === null) this.emit('arrived');
    if (this.#wanted) this.#serveEnd();
  }

  override _read(): void {
    const packet = this.#packets.shift();
    if (packet === undefined) {
      this.#wanted = true;
      return this.#serveEnd();
    }
    this.#bytes -= packet.length;
    this.push(this.#finish(packet));
    // The end is told with the last packet. A failure waits until more is wanted: the audio player sends a packet one turn after
    // it was read, and not at all when the stream has failed by then (@discordjs/voice 0.19, audioCycleStep).
    if (this.#packets.length === 0 && this.#over && this.#failure === null) this.push(null);
    if (this.#full && !this.#holds(REFILL_AT)) this.#makeRoom();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#packets = [];
    this.#bytes = 0;
    this.#makeRoom();
    done(error);
  }

  #serveEnd(): void {
    if (!this.#over) return;
    if (this.#failure) this.destroy(this.#failure);
    else this.push(null);
  }

  /** Whether as much waits as this part of what may. */
  #holds(part: number): boolean {
    return this.#packets.length >= MOST_PACKETS * part || this.#bytes >= MOST_BYTES * part;
  }

  #makeRoom(): void {
    this.#full = false;
    this.#onRoom?.();
    this.#onRoom = null;
  }
}
