import { Readable } from 'node:stream';

/** Five seconds: what is heard while a connection is mended or a disk is busy. */
const MOST_PACKETS = 250;
/** As much at the highest rate of Opus, 510 kbit/s (RFC 6716, 2.1.1). */
const MOST_BYTES = 320 * 1024;

/**
 * What waits in front of the audio player. Packets wait untouched and are given their sound in the very moment in which they are
 * read, so that a change is heard with the next one, however many wait. What came before an end or a failure is heard before it.
 */
export class JitterBuffer extends Readable {
  readonly #finish: (packet: Buffer) => Buffer;
  #packets: Buffer[] = [];
  #bytes = 0;
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

  get full(): boolean {
    return this.#packets.length >= MOST_PACKETS || this.#bytes >= MOST_BYTES;
  }

  add(packet: Buffer): void {
    if (this.destroyed) return;
    // A copy, as a packet would otherwise hold the piece of the file in which it came: of a video, a thousand times its size.
    this.#packets.push(Buffer.from(packet));
    this.#bytes += packet.length;
    this.#serve();
  }

  /** Calls back as soon as there is room for a packet: at once, when there is. */
  whenRoom(callback: () => void): void {
    if (this.full && !this.destroyed) this.#onRoom = callback;
    else callback();
  }

  /** No packet comes any more: because that is all, which 'arrived' tells, or because of a failure. */
  finish(failure: Error | null = null): void {
    if (this.#over) return;
    this.#over = true;
    this.#failure = failure;
    if (failure === null) this.emit('arrived');
    this.#serve();
  }

  override _read(): void {
    this.#wanted = true;
    this.#serve();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#packets = [];
    this.#bytes = 0;
    this.#tellRoom();
    done(error);
  }

  #serve(): void {
    if (!this.#wanted) return;
    const packet = this.#packets.shift();
    if (packet === undefined) return this.#serveEnd();
    this.#wanted = false;
    this.#bytes -= packet.length;
    this.push(this.#finish(packet));
    // The end is told with the last packet. A failure waits until more is wanted: the audio player sends a packet one turn after
    // it was read, and not at all when the stream has failed by then (@discordjs/voice 0.19, audioCycleStep).
    if (this.#packets.length === 0 && this.#over && this.#failure === null) this.push(null);
    if (!this.full) this.#tellRoom();
  }

  #serveEnd(): void {
    if (!this.#over) return;
    if (this.#failure) this.destroy(this.#failure);
    else this.push(null);
  }

  #tellRoom(): void {
    const callback = this.#onRoom;
    this.#onRoom = null;
    callback?.();
  }
}
