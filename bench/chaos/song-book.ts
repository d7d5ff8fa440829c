/** Where in which song. */
export interface Place {
  readonly song: string;
  readonly index: number;
}

const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

/** What players send around pauses and ends: https://discord.com/developers/docs/topics/voice-connections#voice-data-interpolation */
export const isSilence = (opus: Buffer): boolean => opus.equals(SILENCE);

const keyOf = (opus: Buffer): string => opus.toString('latin1');

/** Every frame of some songs by its bytes. */
export class SongBook {
  readonly #places = new Map<string, Place>();
  readonly #lengths = new Map<string, number>();

  /** Throws when a frame occurs twice: then nobody could say which one was heard. */
  constructor(songs: Readonly<Record<string, readonly Buffer[]>>) {
    for (const [song, frames] of Object.entries(songs)) {
      this.#lengths.set(song, frames.length);
      for (const [index, frame] of frames.entries()) {
        if (this.#places.has(keyOf(frame))) throw new Error(`frame ${index} of ${song} occurs twice`);
        this.#places.set(keyOf(frame), { song, index });
      }
    }
  }

  find(opus: Buffer): Place | null {
    return this.#places.get(keyOf(opus)) ?? null;
  }

  /** Frames of the song. */
  length(song: string): number {
    return this.#lengths.get(song) ?? 0;
  }
}
