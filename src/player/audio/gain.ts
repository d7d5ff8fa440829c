import type { OpusEncoder } from '@discordjs/opus';
import { createCodec, FRAME_BYTES } from './opus-codec.ts';

/** One 20 ms frame of silence, as Discord documents it for pauses. */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

/** Changes the loudness of single Opus packets. At 100 percent packets pass untouched, and nothing is decoded at all. */
export class Gain {
  #percent: number;
  #codec: OpusEncoder | null = null;

  /** Percent, 0 to 200. */
  constructor(percent: number) {
    this.#percent = percent;
  }

  /** Holds from the next packet on. */
  set(percent: number): void {
    this.#percent = percent;
  }

  apply(packet: Buffer): Buffer {
    if (this.#percent === 100) {
      // Its decoder has missed packets by the time that it is needed again; a new one starts clean.
      this.#codec = null;
      return packet;
    }
    const codec = (this.#codec ??= createCodec());
    try {
      const pcm = codec.decode(packet);
      if (pcm.length === FRAME_BYTES) return codec.encode(scaled(pcm, this.#percent / 100));
    } catch {
      // Damaged, like one of another length.
    }
    // What it would have sounded like is unknown, so it keeps its 20 ms and nothing more.
    return SILENCE;
  }
}

/** 16-bit samples, multiplied and kept within their range. */
function scaled(pcm: Buffer, factor: number): Buffer {
  const samples = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
  const louder = new Int16Array(samples.length);
  for (const [index, sample] of samples.entries()) {
    louder[index] = Math.max(-32_768, Math.min(32_767, Math.round(sample * factor)));
  }
  return Buffer.from(louder.buffer);
}
