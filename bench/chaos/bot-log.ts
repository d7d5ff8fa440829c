import { z } from 'zod';

const LINE = z.looseObject({ level: z.number(), msg: z.string().default('') });
/** pino's numbers. */
const ERROR = 50;
const FATAL = 60;
const KEPT = 2_000;

/** What the bot logged: how much of it is bad, and the newest lines. */
export class BotLog {
  readonly #lines: string[] = [];
  #errors = 0;
  #fatal = 0;

  get errors(): number {
    return this.#errors;
  }

  get fatal(): number {
    return this.#fatal;
  }

  /** The newest lines, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Takes one line of JSON. */
  take(line: string): void {
    const { level } = LINE.parse(JSON.parse(line));
    if (level >= ERROR) this.#errors += 1;
    if (level >= FATAL) this.#fatal += 1;
    this.#lines.push(line.trimEnd());
    if (this.#lines.length > KEPT) this.#lines.shift();
  }
}
