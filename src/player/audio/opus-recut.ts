import { createCodec, FRAME_BYTES } from './opus-codec.ts';

/**
 * Makes packets of 20 ms out of those of other lengths that follow each other. Streams of several songs change their length on
 * the way, and one packet whose length was damaged must not cost the song.
 */
export class Recut {
  readonly #codec = createCodec();
  #pcm: Buffer = Buffer.alloc(0);

  /** As many packets as are complete; none for one that cannot be decoded. */
  apply(packet: Buffer): readonly Buffer[] {
    try {
      this.#pcm = Buffer.concat([this.#pcm, this.#codec.decode(packet)]);
    } catch {
      return [];
    }
    const count = Math.floor(this.#pcm.length / FRAME_BYTES);
    const frames = Array.from({ length: count }, (_, index) =>
      this.#codec.encode(this.#pcm.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES)),
    );
    this.#pcm = this.#pcm.subarray(count * FRAME_BYTES);
    return frames;
  }
}
