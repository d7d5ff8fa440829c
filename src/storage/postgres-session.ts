import { DatabaseError, type Client } from 'pg';
import { within } from '../lib/time.ts';
import { claim, prepareTables, reclaim, TAKEN_OVER, type Claim } from './postgres-claim.ts';
import { postgresClient } from './postgres-client.ts';
import { inWords, postgresFailure } from './postgres-failures.ts';
import type { Guard, Statement } from './postgres-statements.ts';
import { StoreTrouble, TakenOver } from './store-trouble.ts';

/** How long things may take, milliseconds. */
export interface PostgresTimes {
  /** Until a server is connected. */
  readonly connectMs: number;
  /** Until a connection is ready for use, the wait for the process before us to let go of the lock included. */
  readonly openMs: number;
  /** Until another process has let go of the database, or of a row. */
  readonly lockMs: number;
  /** Until a statement is answered. The server gives up earlier. */
  readonly answerMs: number;
}

export const POSTGRES_TIMES: PostgresTimes = { connectMs: 5_000, openMs: 15_000, lockMs: 5_000, answerMs: 15_000 };

/** A process that stops has 5 s for everything; what was committed is safe already. */
const CLOSE_WITHIN_MS = 1_000;

/** There is no connection, and what waits for one cannot be done either. The cause is for the operator. */
export class Disconnected extends StoreTrouble {}

/** SQLSTATEs after which the connection is of no use: the server stops, the session ended, it is a standby now. */
const ENDS_CONNECTION = /^(?:57P0|08|25006|25P03)/;

/**
 * Of synchronous_commit, `on` is the least with which a commit survives a power cut. The keepalives let a machine that
 * vanished without a word lose its lock after half a minute, instead of the two hours of most systems.
 */
const SETTINGS = `SELECT
  set_config('synchronous_commit',
    CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
  set_config('lock_timeout', $1, false),
  set_config('statement_timeout', $2, false),
  set_config('tcp_keepalives_idle', '15', false),
  set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false),
  current_setting('fsync') = 'on' AS flushes,
  current_setting('server_encoding') AS encoding,
  pg_is_in_recovery() AS standby,
  pg_backend_pid() AS pid`;

interface Server {
  readonly flushes: boolean;
  readonly encoding: string;
  readonly standby: boolean;
  readonly pid: number;
}

/**
 * One connection at a time, made anew when it was lost, and the claim to the database that goes from one to the next. All
 * statements take this one way, so none can overtake another, not even one that was given up.
 */
export class PostgresSession {
  readonly #url: string;
  readonly #warn: (line: string) => void;
  readonly #times: PostgresTimes;
  #client: Client | null = null;
  #claim: Claim | null = null;
  #ended: Error | null = null;

  constructor(url: string, warn: (line: string) => void, times = POSTGRES_TIMES) {
    this.#url = url;
    this.#warn = warn;
    this.#times = times;
  }

  /** Connects and claims the database. Rejects with a text for the operator, never with the password. */
  async open(): Promise<void> {
    try {
      await this.#connected();
    } catch (error) {
      throw error instanceof Disconnected ? error.cause : error;
    }
  }

  /** What every write has to carry. */
  get guard(): Guard {
    if (this.#claim === null) throw new Error('the database is not open');
    return this.#claim;
  }

  /**
   * Runs one statement. When the connection dies on the way, it is run once more on the next one: all statements of a
   * store can be, as they say what shall be and not what shall change. Rejects with a StoreTrouble that people
   * can be told, Disconnected when there is no connection.
   */
  async run<Row extends object>(statement: Statement): Promise<Row[]> {
    for (let isRetry = false; ; isRetry = true) {
      const client = await this.#connected();
      try {
        const late = () => new Disconnected('the database does not answer');
        const { rows } = await within(this.#times.answerMs, client.query<Row>(statement), late);
        return rows;
      } catch (error) {
        const answer = error instanceof DatabaseError ? error : null;
        if (answer !== null && !ENDS_CONNECTION.test(answer.code ?? '')) throw postgresFailure(answer);
        this.#drop(client);
        if (error instanceof Disconnected) throw error;
        const words = answer === null ? 'the connection to the database was lost' : postgresFailure(answer).message;
        if (isRetry) throw new Disconnected(words, { cause: error });
      }
    }
  }

  /** Ends it for good: somebody else writes now. Returns what every later call rejects with. */
  fence(): Error {
    if (this.#ended === null) this.#warn(`PostgreSQL: ${TAKEN_OVER}`);
    this.#ended ??= new TakenOver({ cause: new Error(TAKEN_OVER) });
    if (this.#client !== null) this.#drop(this.#client);
    return this.#ended;
  }

  /** Lets go of the database. */
  async close(): Promise<void> {
    this.#ended ??= new Error('the store is closed');
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    await within(CLOSE_WITHIN_MS, client.end(), () => new StoreTrouble('the database does not answer'));
  }

  async #connected(): Promise<Client> {
    this.#needOpen();
    if (this.#client !== null) return this.#client;
    const client = postgresClient(this.#url, this.#times.connectMs);
    // A connection can die at any time, also while nobody uses it.
    client.on('error', () => this.#drop(client));
    try {
      const late = () => new Error('it does not answer');
      this.#claim = await within(this.#times.openMs, this.#prepare(client), late);
      this.#needOpen();
    } catch (error) {
      this.#drop(client);
      if (error instanceof TakenOver) throw this.fence();
      const exact = new Error(inWords(error, client), { cause: error });
      throw new Disconnected('the database cannot be reached', { cause: exact });
    }
    this.#client = client;
    return client;
  }

  #needOpen(): void {
    if (this.#ended !== null) throw this.#ended;
  }

  async #prepare(client: Client): Promise<Claim> {
    await client.connect();
    const { lockMs, answerMs } = this.#times;
    const { rows } = await client.query<Server>(SETTINGS, [String(lockMs), String(Math.round(answerMs * 0.75))]);
    const [server] = rows;
    if (server === undefined) throw new Error('it did not answer a question');
    if (server.standby) throw new Error('it is a standby, which takes no writes. Use the address of the primary.');
    if (server.encoding !== 'UTF8') throw new Error(`its encoding is ${server.encoding}; create one with UTF8`);
    if (this.#claim !== null) return await reclaim(client, server.pid, this.#claim);
    await prepareTables(client);
    const claimed = await claim(client, server.pid);
    if (!server.flushes) this.#warn('PostgreSQL runs with fsync = off: a power cut can destroy the whole database.');
    return claimed;
  }

  #drop(client: Client): void {
    if (this.#client === client) this.#client = null;
    // It ends at once when a statement is under way; what it still has to say is of no interest.
    client.end().catch(() => undefined);
  }
}
