import type { Impairment } from './weather.ts';

/** How long a datagram is held at most when none comes to overtake it. */
const HELD_MS = 60;

const happens = (percent: number, random: () => number): boolean => random() * 100 < percent;

/** Loses so many of a hundred datagrams. */
export const losing =
  (percent: number, random: () => number): Impairment =>
  (onward, lose) =>
    (happens(percent, random) ? lose : onward)();

/** Brings so many of a hundred datagrams twice. */
export const doubling =
  (percent: number, random: () => number): Impairment =>
  (onward) => {
    onward();
    if (happens(percent, random)) onward();
  };

/** Holds so many of a hundred datagrams back until the next has passed, or for 60 ms when there is none. */
export function reordering(percent: number, random: () => number): Impairment {
  let release: (() => void) | null = null;
  return (onward) => {
    if (release) {
      onward();
      release();
    } else if (!happens(percent, random)) {
      onward();
    } else {
      const held = (): void => {
        clearTimeout(timer);
        release = null;
        onward();
      };
      const timer = setTimeout(held, HELD_MS).unref();
      release = held;
    }
  };
}

/** Brings each datagram `ms` milliseconds later, and up to `jitterMs` more: with jitter, some overtake others. */
export const delaying =
  (ms: number, jitterMs: number, random: () => number): Impairment =>
  (onward) =>
    void setTimeout(onward, ms + jitterMs * random()).unref();
