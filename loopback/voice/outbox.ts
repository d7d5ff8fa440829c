/** A message as it goes over the websocket: JSON text, or DAVE's binary. */
export type Frame = string | Buffer;

const KEPT = 512;

/**
 * Numbers what may have to be sent again, and keeps it (voice gateway version 8, "Buffered Resume"). Numbers are 16 bits
 * wide, because DAVE's binary frames give them two bytes.
 */
export class Outbox {
  #last = 0;
  /** The newest number that is no longer kept; -1 when nothing was ever dropped. */
  #dropped = -1;
  #kept: { readonly sequence: number; readonly frame: Frame }[] = [];

  /** The newest number, 0 when there was none. */
  get last(): number {
    return this.#last;
  }

  /** A JSON message with its number. */
  json(op: number, d: unknown): string {
    return this.#keep((seq) => JSON.stringify({ op, d, seq }));
  }

  /** A binary message: number, opcode, payload. */
  binary(op: number, payload: Uint8Array): Buffer {
    return this.#keep((sequence) => Buffer.concat([Buffer.from([sequence >> 8, sequence & 0xff, op]), payload]));
  }

  /** The client has everything up to this number. Unknown numbers say nothing. */
  acknowledge(sequence: number): void {
    const index = this.#kept.findIndex((entry) => entry.sequence === sequence);
    if (index >= 0) this.#drop(index + 1);
  }

  /** What came after the client's last number (-1 for nothing), or null when some of it is no longer kept. */
  since(sequence: number): readonly Frame[] | null {
    const index = this.#kept.findIndex((entry) => entry.sequence === sequence);
    if (index < 0 && sequence !== this.#dropped) return null;
    return this.#kept.slice(index + 1).map(({ frame }) => frame);
  }

  #keep<T extends Frame>(make: (sequence: number) => T): T {
    // Zero is left out when the numbers start again: it reads as "no number" to clients.
    this.#last = (this.#last % 0xffff) + 1;
    const frame = make(this.#last);
    this.#kept.push({ sequence: this.#last, frame });
    if (this.#kept.length > KEPT) this.#drop(1);
    return frame;
  }

  #drop(count: number): void {
    const newest = this.#kept[count - 1];
    if (!newest) return;
    this.#dropped = newest.sequence;
    this.#kept = this.#kept.slice(count);
  }
}
