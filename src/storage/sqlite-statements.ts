import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { primaryCode } from './sqlite-verdict.ts';
import type { Statement } from './sqlite-worker.ts';

/** The rows of a statement that is now on the disk, or why it had no effect, with SQLite's primary result code. */
export type Outcome = { readonly rows: readonly unknown[] } | Failure;

export interface Failure {
  readonly error: string;
  readonly code: number;
}

const PREPARED_LIMIT = 64;

/** Runs statements in groups: one transaction and one flush of the disk a group, and still each succeeds or fails by itself. */
export class StatementRunner {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The outcome of each, in order. When this returns, what succeeded would survive a power cut. */
  runTogether(statements: readonly Statement[]): readonly Outcome[] {
    try {
      this.#database.exec('BEGIN');
      const outcomes = statements.map((statement) => this.#attempt(statement));
      this.#database.exec('COMMIT');
      return outcomes;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      if (statements.length === 1) return [failure(error)];
      // A full disk or the like undid the whole group; alone, each can still succeed, reads above all.
      return statements.flatMap((statement) => this.runTogether([statement]));
    }
  }

  #attempt({ sql, parameters }: Statement): Outcome {
    try {
      return { rows: this.#prepare(sql).all(...parameters) };
    } catch (error) {
      // SQLite undoes a failed statement alone, except after the failures that end the transaction.
      if (!this.#database.isTransaction) throw error;
      return failure(error);
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const [oldest] = this.#prepared.keys();
    if (this.#prepared.size >= PREPARED_LIMIT && oldest !== undefined) this.#prepared.delete(oldest);
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

function failure(error: unknown): Failure {
  return { error: error instanceof Error ? error.message : String(error), code: primaryCode(error) };
}
