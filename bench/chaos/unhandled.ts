import type { EventEmitter } from 'node:events';

/** Keeps, until it is closed, every fault of a process that nobody handled and that `survives` does not know; the process lives on. */
export class Unhandled {
  readonly #process: EventEmitter;
  readonly #survives: (error: unknown) => boolean;
  readonly #found: string[] = [];
  #survived = 0;

  constructor(survives: (error: unknown) => boolean, subject: EventEmitter = process) {
    this.#survives = survives;
    this.#process = subject;
    // A rejection that nobody handles becomes one of these too.
    subject.on('uncaughtException', this.#judge).on('warning', this.#warn);
  }

  get found(): readonly string[] {
    return this.#found;
  }

  /** Faults that the bot knew and went on after. */
  get survived(): number {
    return this.#survived;
  }

  close(): void {
    this.#process.off('uncaughtException', this.#judge).off('warning', this.#warn);
  }

  #judge = (error: unknown) => {
    if (this.#survives(error)) this.#survived += 1;
    else this.#found.push(`unhandled: ${inWords(error)}`);
  };

  #warn = ({ name, message }: Error) => {
    if (name === 'MaxListenersExceededWarning') this.#found.push(`unhandled: ${message}`);
  };
}

const inWords = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
