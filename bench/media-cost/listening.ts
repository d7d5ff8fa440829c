import type { Ears, HeardPacket } from '../../loopback/ears.ts';
import { sleep } from '../../src/lib/time.ts';

const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const DEADLINE_MS = 20_000;
const QUIET_MS = 200;

/** Where in a song a packet belongs, counted from 0; null when it is of something else. */
export type PlaceOf = (opus: Buffer) => number | null;

export function placesOf(song: readonly Buffer[]): PlaceOf {
  const places = new Map(song.map((opus, place) => [opus.toString('latin1'), place]));
  return (opus) => places.get(opus.toString('latin1')) ?? null;
}

/** What was heard from a moment on, without the silence that players put between sounds. */
export function soundSince(ears: Ears, since: number): readonly HeardPacket[] {
  return ears.packets.filter(({ at, opus }) => at >= since && !opus.equals(SILENCE));
}

/** How long after a moment of `performance.now()` something was heard that is as described, milliseconds. */
export async function heardAfter(
  ears: Ears,
  since: number,
  like: (opus: Buffer) => boolean = () => true,
): Promise<number> {
  let looked = 0;
  let found: HeardPacket | undefined;
  const look = (packets: readonly HeardPacket[]) => {
    found ??= packets.slice(looked).find(({ at, opus }) => at >= since && !opus.equals(SILENCE) && like(opus));
    looked = packets.length;
    return found !== undefined;
  };
  await ears.waitFor(look, DEADLINE_MS);
  return (found?.at ?? Number.NaN) - since;
}

/** The longest time between two sounds that were heard one after the other, milliseconds. */
export function longestGap(sounds: readonly HeardPacket[]): number {
  return Math.max(...sounds.slice(1).map(({ at }, index) => at - (sounds[index]?.at ?? at)));
}

/** Resolves when nothing has been heard for a moment. */
export async function quiet(ears: Ears, signal: AbortSignal): Promise<void> {
  for (let before = -1; before !== ears.count; await sleep(QUIET_MS, signal)) before = ears.count;
}
