import type { QueueEntry } from './queue.ts';

/** The entries mixed; the same seed (a 32-bit integer) mixes the same way in every version. */
export function shuffled(entries: readonly QueueEntry[], seed: number): QueueEntry[] {
  const random = randomFrom(seed);
  const mixed = [...entries];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [mixed[last], mixed[other]];
    if (a !== undefined && b !== undefined) [mixed[last], mixed[other]] = [b, a];
  }
  return mixed;
}

/** The entries mixed, so that those who asked for them take turns for as long as they have any left. */
export function fairly(entries: readonly QueueEntry[], seed: number): QueueEntry[] {
  const byRequester = Map.groupBy(shuffled(entries, seed), ({ requestedBy }) => requestedBy);
  const rounds: QueueEntry[][] = [];
  for (const own of byRequester.values()) {
    for (const [turn, entry] of own.entries()) (rounds[turn] ??= []).push(entry);
  }
  return rounds.flat();
}

/** Numbers from 0 to below 1 (mulberry32). Journals hold seeds, so this must never give other numbers. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
