import type { EventEmitter } from 'node:events';

/** Keeps, until it is closed, every fault of a process that nobody handled; the process lives on. */
export class Unhandled {
  readonly #process: EventEmitter;
  readonly #found: string[] = [];
  readonly #note = (error: unknown) => void this.#found.push(`unhandled: ${inWords(error)}`);
  readonly #warn = ({ name, message }: Error) => {
    if (name === 'MaxListenersExceededWarning') this.#found.push(`unhandled: ${message}`);
  };

  constructor(subject: EventEmitter = process) {
    this.#process = subject;
    subject.on('uncaughtException', this.#note).on('unhandledRejection', this.#note).on('warning', this.#warn);
  }

  get found(): readonly string[] {
    return this.#found;
  }

  close(): void {
    this.#process.off('uncaughtException', this.#note).off('unhandledRejection', this.#note).off('warning', this.#warn);
  }
}

const inWords = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
