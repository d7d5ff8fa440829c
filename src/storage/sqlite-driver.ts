import { Worker } from 'node:worker_threads';
import type { SqliteDriver } from '@keyv/sqlite';
import { within } from '../lib/time.ts';
import { sqliteFailure } from './sqlite-troubles.ts';
import type { Answer, Parameter, Report, Request, Task } from './sqlite-worker.ts';
import { StoreTrouble } from './store-trouble.ts';

/** No answer at all for this long, while some is due, means that none will come. SQLite itself waits 1 s for a lock. */
const ANSWER_WITHIN_MS = 30_000;
const OPEN_WITHIN_MS = 30_000;
/** A process that stops has 5 s for everything; what was committed is on the disk already. */
const CLOSE_WITHIN_MS = 1_000;

interface Waiting {
  readonly resolve: (rows: unknown[]) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the thread that serves the file at `path`. `again`: only if it is still the database that it was. */
export function startSqliteWorker(path: string, again = false): Worker {
  const workerData: Task = { path, again };
  // Without the flags of the process: some, such as --input-type, would be an error there.
  return new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData, execArgv: [] });
}

/** A database on a thread of its own, so that a slow disk never stops the clock of the audio on this one. */
class SqliteConnection {
  #worker: Worker;
  /** Null: nobody does, as after the close. */
  #startAgain: (() => Worker) | null;
  #isStarting = false;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #alarm: NodeJS.Timeout | null = null;
  #ended: Error | null = null;

  constructor(worker: Worker, startAgain: (() => Worker) | null) {
    this.#worker = worker;
    this.#startAgain = startAgain;
    this.#attend(worker);
  }

  /** Runs one statement. Resolves with its rows when its effect would survive a power cut. */
  async query(sql: string, ...parameters: unknown[]): Promise<unknown[]> {
    if (this.#ended !== null) {
      void this.#replace();
      throw this.#ended;
    }
    const id = this.#nextId++;
    const request: Request = { type: 'run', id, statement: { sql, parameters: parameters.map(bindable) } };
    return await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(request);
      this.#alarm ??= setTimeout(() => this.#fail(new StoreTrouble('the database does not answer')), ANSWER_WITHIN_MS);
    });
  }

  /** Waits for what is under way, then lets go of the files; not for long on a disk that hangs. Queries after that reject. */
  async close(): Promise<void> {
    this.#startAgain = null;
    if (this.#ended !== null) return;
    this.#ended = new Error('the store is closed');
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.postMessage({ type: 'close' } satisfies Request);
    this.#worker.ref();
    try {
      await within(CLOSE_WITHIN_MS, exited, () => new StoreTrouble('the database does not answer'));
    } catch (error) {
      // Not awaited: a thread ends when the system call that it is in returns, and on a dead disk none does.
      void this.#worker.terminate();
      this.#worker.unref();
      endWithoutWaitingFor(this.#worker);
      throw error;
    }
  }

  #attend(worker: Worker): void {
    worker.on('message', (report: Report) => {
      if (report.type === 'answers') this.#settle(report.answers);
    });
    const end = (error: Error) => {
      if (worker === this.#worker) this.#end(error);
    };
    worker.on('error', (error) => end(new Error(`the database thread failed: ${error.message}`, { cause: error })));
    worker.on('exit', () => end(new Error('the database thread has ended')));
    // The alarm keeps the process alive while an answer is due; nothing else here should.
    worker.unref();
  }

  /** A thread can end, as when there is no memory left. Whoever finds it so is refused, and starts another. */
  async #replace(): Promise<void> {
    if (this.#startAgain === null || this.#isStarting) return;
    this.#isStarting = true;
    const worker = this.#startAgain();
    const isOpen = await opening(worker).then(
      () => true,
      () => false,
    );
    this.#isStarting = false;
    if (!isOpen || this.#startAgain === null) return void worker.terminate();
    this.#worker = worker;
    this.#attend(worker);
    this.#ended = null;
  }

  #settle(answers: readonly Answer[]): void {
    for (const answer of answers) {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('rows' in answer) waiting?.resolve([...answer.rows]);
      else waiting?.reject(sqliteFailure(answer.error, answer.code));
    }
    if (this.#waiting.size > 0) this.#alarm?.refresh();
    else this.#disarm();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#fail(error);
  }

  #fail(error: Error): void {
    this.#disarm();
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of all) reject(error);
  }

  #disarm(): void {
    if (this.#alarm !== null) clearTimeout(this.#alarm);
    this.#alarm = null;
  }
}

/**
 * Opens the file behind a worker, as the driver that @keyv/sqlite asks for. `setAside` hears what became of a file that
 * could not be used. `startAgain`: the worker that goes on with the file when the first has died; without it none does.
 */
export function sqliteDriver(
  worker: Worker,
  setAside: (line: string) => void,
  startAgain: (() => Worker) | null = null,
): SqliteDriver {
  return {
    name: 'custom',
    async connect() {
      const opened = opening(worker);
      const connection = new SqliteConnection(worker, startAgain);
      const renamed = await within(OPEN_WITHIN_MS, opened, () => new Error('the database does not open')).catch(
        async (error: unknown) => {
          await worker.terminate();
          throw error;
        },
      );
      if (renamed !== null) setAside(renamed);
      return {
        query: (sql, ...parameters) => connection.query(sql, ...parameters),
        close: () => connection.close(),
      };
    },
  };
}

function opening(worker: Worker): Promise<string | null> {
  return new Promise((resolve, reject) => {
    worker.once('message', (report: Report) => {
      if (report.type === 'open') resolve(report.setAside);
      else reject(new Error(report.type === 'refused' ? report.why : 'the database thread spoke out of turn'));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the database thread ended before the file was open')));
  });
}

/** `process.exit` waits for all threads, and would wait for this one for ever. SIGKILL waits for none. */
function endWithoutWaitingFor(worker: Worker): void {
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.once('exit', end);
  worker.once('exit', () => process.off('exit', end));
}

function bindable(value: unknown): Parameter {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  throw new TypeError(`a ${typeof value} cannot be stored`);
}
