/** How long frames of before a change may be on their way when everyone has followed it. */
const IN_FLIGHT_MS = 2_000;
/** How long anyone may take to follow a change: as long are the keys of before it kept (https://daveprotocol.com, "Transitions"). */
const CHANGE_MS = 10_000;

/** While members come, go or change epochs, some of them cannot understand each other, and that is nobody's mistake. */
export class Unrest {
  #since = -Infinity;

  /** Something has changed. */
  began(): void {
    this.#since = performance.now();
  }

  /** `isOver`: everyone has followed the change, as far as can be seen from here. */
  excuses(isOver: boolean): boolean {
    return performance.now() - this.#since < (isOver ? IN_FLIGHT_MS : CHANGE_MS);
  }
}
