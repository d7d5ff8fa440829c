import type { OpusEncoder } from '@discordjs/opus';
import { createCodec, FRAME_BYTES } from './opus-codec.ts';

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Makes packets of 20 ms out of those of other lengths that follow each other. Streams of several songs change their length on
 * the way, and one packet whose length was damaged must not cost the song.
 */
export class Recut {
  /** One for good: each holds memory that V8 does not see, and files could ask for a new one every 40 ms. */
  #codec: OpusEncoder | null = null;
  #pcm = NOTHING;

  /** As many packets as are complete; none for one that cannot be decoded. */
  apply(packet: Buffer): readonly Buffer[] {
    const codec = (this.#codec ??= createCodec());
    try {
      this.#pcm = Buffer.concat([this.#pcm, codec.decode(packet)]);
    } catch {
      return [];
    }
    const count = Math.floor(this.#pcm.length / FRAME_BYTES);
    const frames = Array.from({ length: count }, (_, index) =>
      codec.encode(this.#pcm.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES)),
    );
    this.#pcm = this.#pcm.subarray(count * FRAME_BYTES);
    return frames;
  }

  /** Leaves out what was not enough for a packet, as something else follows. */
  reset(): void {
    this.#pcm = NOTHING;
  }
}
