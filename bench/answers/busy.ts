import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Keeps every core busy until it is disposed of, as a neighbour on the same machine would. */
export class BusyCores implements AsyncDisposable {
  readonly count = availableParallelism();
  readonly #workers = Array.from({ length: this.count }, () => new Worker('for (;;);', { eval: true }));

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
