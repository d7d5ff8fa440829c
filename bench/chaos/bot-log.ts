import { z } from 'zod';
import type { LoggedIncident } from './incidents.ts';

const LINE = z.object({
  level: z.number(),
  guild_id: z.string().optional(),
  incident_id: z.string().optional(),
  result: z.string().optional(),
});
/** pino's numbers. */
const ERROR = 50;
const FATAL = 60;
const KEPT = 2_000;

/** What the bot logged: how much of it is bad, and the newest lines. */
export class BotLog {
  readonly #lines: string[] = [];
  readonly #incidents = new Map<string, LoggedIncident>();
  #errors = 0;
  #fatal = 0;

  get errors(): number {
    return this.#errors;
  }

  get fatal(): number {
    return this.#fatal;
  }

  /** Every incident of voice, by its id. */
  get incidents(): ReadonlyMap<string, LoggedIncident> {
    return this.#incidents;
  }

  /** The newest lines, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Takes one line of JSON. */
  take(line: string): void {
    const { level, guild_id: guildId, incident_id: id, result } = LINE.parse(JSON.parse(line));
    if (guildId !== undefined && id !== undefined && result !== undefined) this.#incidents.set(id, { guildId, result });
    if (level >= ERROR) this.#errors += 1;
    if (level >= FATAL) this.#fatal += 1;
    this.#lines.push(line.trimEnd());
    if (this.#lines.length > KEPT) this.#lines.shift();
  }
}
