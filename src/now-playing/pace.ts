/** Events come in bursts (a resumed connection is gone and back within 50 ms); the display shows what they led to. */
const SETTLE_MS = 250;
/** Discord lets five edits of a channel's messages through in five seconds. */
const GAP_MS = 1_000;
const SLOWEST_MS = 60_000;
/** Looks that failed in a row before only an event leads to another. */
const MISSES = 5;

type Beat =
  | { readonly status: 'idle' }
  | { readonly status: 'waiting'; readonly due: number; readonly timer: NodeJS.Timeout }
  /** `next`: when to look again afterwards. */
  | { readonly status: 'looking'; readonly next: number | null }
  | { readonly status: 'stopped' };

/** When to look at a display: one look at a time, not sooner than Discord allows, and slower after each miss. */
export class Pace {
  readonly #refreshMs: number;
  readonly #look: () => Promise<void>;
  #beat: Beat = { status: 'idle' };
  #intervalMs: number;
  #misses = 0;
  #notBefore = 0;

  /** `look` must not reject. */
  constructor(refreshMs: number, look: () => Promise<void>) {
    this.#refreshMs = refreshMs;
    this.#intervalMs = refreshMs;
    this.#look = look;
  }

  /** Something happened that is worth a look, whatever failed before. */
  soon(): void {
    this.#misses = 0;
    this.#schedule(Date.now() + SETTLE_MS);
  }

  /** Looks again after the interval. */
  later(): void {
    this.#schedule(Date.now() + this.#intervalMs);
  }

  /** Back to the interval that was asked for. */
  reset(): void {
    this.#misses = 0;
    this.#intervalMs = this.#refreshMs;
  }

  /** Discord took a message. */
  hit(): void {
    this.#misses = 0;
    this.#notBefore = Math.max(this.#notBefore, Date.now() + GAP_MS);
  }

  /** Rate limited, or Discord could not be reached: the next try waits twice as long, or as long as Discord asks. Returns that time. */
  miss(askedMs: number): number {
    this.#misses += 1;
    this.#intervalMs = Math.min(SLOWEST_MS, this.#intervalMs * 2);
    const waitMs = Math.max(this.#intervalMs, askedMs);
    this.#notBefore = Date.now() + waitMs;
    if (this.#misses < MISSES) this.#schedule(this.#notBefore);
    return waitMs;
  }

  /** True while a look would come too soon after what was sent since it was due; then there is another in time. */
  postpones(): boolean {
    if (Date.now() >= this.#notBefore) return false;
    this.#schedule(this.#notBefore);
    return true;
  }

  /** No more looks; one that is under way ends as it likes. */
  stop(): void {
    if (this.#beat.status === 'waiting') clearTimeout(this.#beat.timer);
    this.#beat = { status: 'stopped' };
  }

  #schedule(at: number): void {
    const beat = this.#beat;
    switch (beat.status) {
      case 'idle':
        return this.#wait(at);
      case 'waiting':
        if (beat.due <= at) return;
        clearTimeout(beat.timer);
        return this.#wait(at);
      case 'looking':
        this.#beat = { status: 'looking', next: Math.min(at, beat.next ?? at) };
        return;
      case 'stopped':
    }
  }

  #wait(at: number): void {
    const due = Math.max(at, this.#notBefore);
    const timer = setTimeout(() => void this.#beatOnce(), due - Date.now());
    this.#beat = { status: 'waiting', due, timer };
  }

  async #beatOnce(): Promise<void> {
    this.#beat = { status: 'looking', next: null };
    await this.#look();
    const beat: Beat = this.#beat;
    if (beat.status !== 'looking') return;
    this.#beat = { status: 'idle' };
    if (beat.next !== null) this.#wait(beat.next);
  }
}
