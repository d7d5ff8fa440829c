import opus from '@discordjs/opus';

const RATE = 48_000;
/** Mono at 8 kHz is enough to know a place in a song by, and six times faster to look for. */
const STEP = 6;
/** Half a second is compared at a time, and must be as like as this to count. */
const BLOCK = 4_000;
const LIKE = 0.8;
/** A decoder that begins in the middle, or another encoder, may be so far off and still be at the same place: 40 ms. */
const OFF = 320;
/** So much of a block is enough to look for it in a whole song. */
const CLUE = 512;
/** So many blocks that are not at their place are looked for; the first ones say what happened. */
const MOST_LOST = 6;

/** What was heard, as samples. */
export type Sound = Float32Array;

/** Sixteen-bit stereo at 48 kHz. */
export function soundOf(pcm: Buffer): Sound {
  const frames = Math.floor(pcm.length / 4 / STEP);
  const sound = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame += 1) {
    let sum = 0;
    for (let at = frame * STEP * 4; at < (frame + 1) * STEP * 4; at += 2) sum += pcm.readInt16LE(at);
    sound[frame] = sum;
  }
  return sound;
}

export function decoded(packets: readonly Buffer[]): Sound {
  const decoder = new opus.OpusEncoder(RATE, 2);
  return soundOf(Buffer.concat(packets.map((packet) => decoder.decode(packet))));
}

/** How one sound lies in another. */
export interface Comparison {
  /** Share of the whole, 0 to 1, that was heard in its place from the beginning on. */
  readonly part: number;
  /** Something that had been heard was heard again. */
  readonly replayed: boolean;
  /** Something that is not of the song, or not in its place. */
  readonly foreign: boolean;
}

/** Compares by correlation, half a second at a time. */
export function compareSounds(heard: Sound, clean: Sound): Comparison {
  let reached = 0;
  let replayed = false;
  let lost = 0;
  for (let at = 0; at + BLOCK <= heard.length; at += BLOCK) {
    const block = heard.subarray(at, at + BLOCK);
    if (isNear(block, clean, at)) {
      if (lost === 0) reached = at + BLOCK;
      continue;
    }
    lost += 1;
    const found = lost <= MOST_LOST ? find(block.subarray(0, CLUE), clean) : null;
    if (found !== null && found + BLOCK <= reached) replayed = true;
  }
  // The last block is seldom a whole one, and a decoder may hold back a few milliseconds.
  const whole = heard.length >= clean.length - BLOCK && reached + BLOCK > heard.length;
  return { part: whole ? 1 : reached / clean.length, replayed, foreign: lost > 0 };
}

function isNear(block: Sound, clean: Sound, at: number): boolean {
  for (let off = 0; off <= OFF; off += 1) {
    if (likeness(block, clean, at + off) >= LIKE || (off > 0 && likeness(block, clean, at - off) >= LIKE)) return true;
  }
  return false;
}

function find(clue: Sound, clean: Sound): number | null {
  for (let at = 0; at + clue.length <= clean.length; at += 1) if (likeness(clue, clean, at) >= LIKE) return at;
  return null;
}

/** Normalised correlation of a sound with another one at a place of that. */
function likeness(sound: Sound, other: Sound, at: number): number {
  if (at < 0 || at + sound.length > other.length) return 0;
  let [product, own, foreign] = [0, 0, 0];
  for (let index = 0; index < sound.length; index += 1) {
    const [a = 0, b = 0] = [sound[index], other[at + index]];
    product += a * b;
    own += a * a;
    foreign += b * b;
  }
  return own === 0 || foreign === 0 ? 0 : product / Math.sqrt(own * foreign);
}
