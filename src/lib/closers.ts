/** Closes what was opened, the last first. One that fails keeps no other from being closed. */
export class Closers {
  readonly #report: (name: string, error: unknown) => void;
  readonly #open: { readonly name: string; readonly close: () => unknown }[] = [];
  #closed = false;

  constructor(report: (name: string, error: unknown) => void) {
    this.#report = report;
  }

  /** What is opened after `close` is closed at once. */
  add(name: string, close: () => unknown): void {
    this.#open.push({ name, close });
    if (this.#closed) void this.close();
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { name, close } of this.#open.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        this.#report(name, error);
      }
    }
  }
}
