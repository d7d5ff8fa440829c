/** However slow the disk: what plays is written at least this often, milliseconds. */
const AT_LEAST_EVERY_MS = 5_000;
/** The wait is so many times what the write took, so that a slow disk is kept for what people ask for. */
const WAIT_PER_WRITE = 4;

export interface PositionNotesOptions {
  /** Milliseconds from a note to its write, on a disk that is fast enough for that. */
  readonly everyMs: number;
  readonly write: (guildIds: readonly string[]) => Promise<void>;
  /** Hears of writes that failed; they are tried again. */
  readonly problem: (error: unknown) => void;
}

/** Collects guilds whose position has moved and writes them together: one write at a time, however many guilds play. */
export class PositionNotes {
  readonly #options: PositionNotesOptions;
  #moved = new Set<string>();
  #waitMs: number;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;

  constructor(options: PositionNotesOptions) {
    this.#options = options;
    this.#waitMs = options.everyMs;
  }

  /** Cheap enough for every frame. */
  note(guildId: string): void {
    this.#moved.add(guildId);
    this.#plan();
  }

  /** True when its position has moved since it was last written. */
  has(guildId: string): boolean {
    return this.#moved.has(guildId);
  }

  /** Writes what was noted until now. Rejects when that fails; it is tried again later. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const turn = (this.#writing ?? Promise.resolve()).then(() => this.#writeMoved());
    const writing = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#writing !== writing) return;
        this.#writing = null;
        this.#plan();
      });
    this.#writing = writing;
    await turn;
  }

  #plan(): void {
    if (this.#writing !== null || this.#moved.size === 0) return;
    this.#timer ??= setTimeout(() => void this.flush().catch(this.#options.problem), this.#waitMs).unref();
  }

  async #writeMoved(): Promise<void> {
    if (this.#moved.size === 0) return;
    const guildIds = [...this.#moved];
    this.#moved = new Set();
    const began = performance.now();
    try {
      await this.#options.write(guildIds);
      const wait = WAIT_PER_WRITE * (performance.now() - began);
      this.#waitMs = Math.max(this.#options.everyMs, Math.min(wait, AT_LEAST_EVERY_MS));
    } catch (error) {
      for (const guildId of guildIds) this.#moved.add(guildId);
      this.#waitMs = AT_LEAST_EVERY_MS;
      throw error;
    }
  }
}
