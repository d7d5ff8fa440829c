import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './sqlite-file.ts';
import { StatementRunner, type Outcome } from './sqlite-statements.ts';

/** Shorter than anybody waits for a write, so that it is known why they would. */
const BUSY_MS = 1_000;

/** The file that a worker serves. `again`: a worker before it did, and only what that one left may be opened. */
export interface Task {
  readonly path: string;
  readonly again: boolean;
}

/** What the worker is asked: to run a statement, or to let go of the files. */
export type Request =
  | { readonly type: 'run'; readonly id: number; readonly statement: Statement }
  | { readonly type: 'close' };

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

export type Parameter = string | number | bigint | null;

/** What became of a statement. */
export type Answer = Outcome & { readonly id: number };

/** What the worker says: first whether the file is open, then the answers of each group. */
export type Report =
  | { readonly type: 'open'; readonly setAside: string | null }
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'answers'; readonly answers: readonly Answer[] };

/** Serves one database file until it is told to close. */
function serve(port: NonNullable<typeof parentPort>, { path, again }: Task): void {
  const report = (message: Report) => port.postMessage(message);
  const file = openDatabase(path, again);
  file.database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  const runner = new StatementRunner(file.database);
  let group: { readonly id: number; readonly statement: Statement }[] = [];

  const commit = () => {
    const requests = group;
    group = [];
    if (requests.length === 0) return;
    const outcomes = runner.runTogether(requests.map(({ statement }) => statement));
    report({
      type: 'answers',
      answers: outcomes.map((outcome, index) => ({ id: requests[index]?.id ?? -1, ...outcome })),
    });
  };

  port.on('message', (request: Request) => {
    if (request.type === 'close') {
      commit();
      file.close();
      port.close();
      return;
    }
    // What has arrived by the end of this turn shares one transaction, and so one flush of the disk.
    if (group.length === 0) setImmediate(commit);
    group.push(request);
  });
  report({ type: 'open', setAside: file.setAside });
}

if (parentPort !== null) {
  try {
    serve(parentPort, workerData as Task);
  } catch (error) {
    parentPort.postMessage({
      type: 'refused',
      why: error instanceof Error ? error.message : String(error),
    } satisfies Report);
    parentPort.close();
  }
}
