import { sleep } from '../../src/lib/time.ts';
import type { Lane } from '../lane.ts';
import type { Holdings, Supervised } from '../supervised.ts';

/** REST connections that nobody uses are closed after four seconds. */
const BASELINE_MS = 6_000;
const SETTLE_MS = 20_000;
const LOOK_MS = 500;

interface Note {
  readonly after: string;
  readonly holdings: Holdings;
}

/** Whether a program holds more open when all is over than it did after its first song, and since when. */
export class LeakWatch {
  readonly #lane: Lane;
  #program: Supervised | null = null;
  #baseline: Holdings = {};
  #notes: Note[] = [];

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  /** True when the program is another one than before: then it must play a song, and `begin` be called. */
  get isOver(): boolean {
    return this.#program !== this.#lane.program;
  }

  /** Nothing plays now, and one song has. */
  async begin(): Promise<void> {
    this.#program = this.#lane.program;
    this.#notes = [];
    this.#baseline = await this.#settled(BASELINE_MS, () => false);
  }

  /** Something is over. What it left behind may still go away. */
  async note(after: string): Promise<void> {
    if (!this.isOver) this.#notes.push({ after, holdings: await this.#lane.program.holdings() });
  }

  /** What is held beside the baseline now that all is over, and after what it was first there to stay. */
  async verdict(): Promise<readonly string[]> {
    if (this.isOver) return [];
    const now = await this.#settled(SETTLE_MS, (holdings) => this.#excess(holdings).length === 0);
    return this.#excess(now).map((kind) => {
      const before = this.#baseline[kind] ?? 0;
      return `${kind}: ${now[kind]} instead of ${before}, since "${this.#since(kind, before)}"`;
    });
  }

  #since(kind: string, before: number): string {
    const clean = this.#notes.findLastIndex(({ holdings }) => (holdings[kind] ?? 0) <= before);
    return this.#notes[clean + 1]?.after ?? 'the end';
  }

  #excess(holdings: Holdings): readonly string[] {
    return Object.keys(holdings).filter((kind) => (holdings[kind] ?? 0) > (this.#baseline[kind] ?? 0));
  }

  /** The least of each kind within so much time, or until it is enough. */
  async #settled(ms: number, isEnough: (least: Holdings) => boolean): Promise<Holdings> {
    const { program } = this.#lane;
    const end = performance.now() + ms;
    let least = await program.holdings();
    while (!isEnough(least) && performance.now() < end) {
      await sleep(LOOK_MS);
      const now = await program.holdings();
      const kinds = Object.keys({ ...least, ...now });
      least = Object.fromEntries(kinds.map((kind) => [kind, Math.min(least[kind] ?? 0, now[kind] ?? 0)]));
    }
    return least;
  }
}
