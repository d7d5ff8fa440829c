import type { Deck } from './deck.ts';

const NOTE_EVERY_MS = 250;

/** Notes how far a deck has played, for as long as it is used: while packets leave, and at no other time. */
export function keepTime(deck: Deck, note: (entryId: string, positionMs: number) => void): void {
  let timer: NodeJS.Timeout | null = null;
  const tick = () => {
    const { entry, positionMs } = deck;
    if (entry !== null && positionMs !== null) note(entry.id, positionMs);
  };
  deck.on('change', () => {
    if (deck.audible) timer ??= setInterval(tick, NOTE_EVERY_MS);
    else if (timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  });
}
