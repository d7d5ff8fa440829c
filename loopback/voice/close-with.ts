/** Ends a connection with a close code: thrown anywhere below a message, caught once. */
export class CloseWith extends Error {
  readonly code: number;
  /** What the client did wrong; null when it did nothing of the kind, but was refused by a fault or overtaken by events. */
  readonly mistake: string | null;

  constructor(code: number, mistake: string | null = null) {
    super(`closed with ${code}`);
    this.code = code;
    this.mistake = mistake;
  }
}
