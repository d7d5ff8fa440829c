/** A voice socket was closed by the other side, or lost. */
export interface Closing {
  readonly code: number;
  /** False for a code that nobody documents. */
  readonly documented: boolean;
}

/** An incident is over. */
export interface Settlement {
  /** What began it: few and fixed names. */
  readonly cause: string;
  /** How it ended: `resumed`, `rejoined`, `gave-up` and a few more. */
  readonly outcome: string;
  /** From the first failure to its end. */
  readonly ms: number;
}

/** Somebody who counts what happens to voice. No guild is named here, so that neither labels nor alerts name one. */
export interface VoiceObserver {
  closed(closing: Closing): void;
  settled(settlement: Settlement): void;
  /** The voice library threw where nothing caught it, and the bot lives on. */
  survived(): void;
}

/** The outcomes after which there was sound again. */
export const RECOVERED: ReadonlySet<string> = new Set(['resumed', 'rejoined']);
