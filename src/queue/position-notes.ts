/** Collects guilds whose position has moved and writes them together: one write per `everyMs`, however many guilds play. */
export class PositionNotes {
  readonly #everyMs: number;
  readonly #write: (guildIds: readonly string[]) => Promise<void>;
  readonly #problem: (error: unknown) => void;
  #moved = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    everyMs: number,
    write: (guildIds: readonly string[]) => Promise<void>,
    problem: (error: unknown) => void,
  ) {
    this.#everyMs = everyMs;
    this.#write = write;
    this.#problem = problem;
  }

  /** Cheap enough for every frame. */
  note(guildId: string): void {
    this.#moved.add(guildId);
    this.#timer ??= setTimeout(() => void this.flush().catch(this.#problem), this.#everyMs).unref();
  }

  /** Writes what was noted until now. What could not be written is tried again at the next note. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const turn = this.#writing.then(() => this.#writeMoved());
    this.#writing = turn.catch(() => undefined);
    await turn;
  }

  async #writeMoved(): Promise<void> {
    if (this.#moved.size === 0) return;
    const guildIds = [...this.#moved];
    this.#moved = new Set();
    try {
      await this.#write(guildIds);
    } catch (error) {
      for (const guildId of guildIds) this.#moved.add(guildId);
      throw error;
    }
  }
}
