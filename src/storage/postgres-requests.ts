import { Disconnected, type PostgresSession } from './postgres-session.ts';
import { listing, reading, sweeping, writing, type Change, type Guard, type Statement } from './postgres-statements.ts';
import { TakenOver } from './store-trouble.ts';

interface Row {
  readonly key: string;
  readonly value: string;
}

type Request =
  | { readonly type: 'read'; readonly keys: readonly string[] }
  | { readonly type: 'write'; readonly changes: readonly Change[] }
  | { readonly type: 'list'; readonly prefix: string }
  | { readonly type: 'sweep' };

interface Waiting {
  readonly request: Request;
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: unknown) => void;
  /** Shares no statement: the one that it shared was refused. */
  readonly isAlone?: true;
}

/** Keys and characters of one statement, unless one request alone has more: what is read or written at once stays small. */
const KEYS_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 4_000_000;

/**
 * Runs requests in the order in which they came. Those of one kind that wait while another statement is under way share the
 * next one: many guilds cost one flush of the server's disk, or one journey to a distant server, and not one each.
 */
export class PostgresRequests {
  readonly #session: PostgresSession;
  readonly #waiting: Waiting[] = [];
  #work: Promise<void> | null = null;
  #isClosed = false;

  constructor(session: PostgresSession) {
    this.#session = session;
  }

  /** The living values of these keys. */
  async read(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    for (const key of keys) checkKey(key);
    const rows = await this.#ask({ type: 'read', keys });
    return new Map(rows.map(({ key, value }) => [key, value]));
  }

  /** The living keys that begin with `prefix`. */
  async list(prefix: string): Promise<string[]> {
    return (await this.#ask({ type: 'list', prefix })).map(({ key }) => key);
  }

  /** Makes all these changes, durably, or none. */
  async write(changes: readonly Change[]): Promise<void> {
    for (const { key } of changes) checkKey(key);
    await this.#ask({ type: 'write', changes });
  }

  /** Deletes what has expired. */
  async sweep(): Promise<void> {
    await this.#ask({ type: 'sweep' });
  }

  /** Takes nothing more, and resolves when all that was asked for is done or has failed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
  }

  async #ask(request: Request): Promise<readonly Row[]> {
    if (this.#isClosed) throw new Error('the store is closed');
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#work ??= this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    for (let group = this.#nextGroup(); group.length > 0; group = this.#nextGroup()) await this.#run(group);
    this.#work = null;
  }

  /** The next requests that one statement can serve. */
  #nextGroup(): Waiting[] {
    const [first] = this.#waiting;
    if (first === undefined) return [];
    if (first.isAlone === true) return this.#waiting.splice(0, 1);
    let [keys, characters] = sizeOf(first.request);
    let length = 1;
    for (const { request, isAlone = false } of this.#waiting.slice(1, KEYS_AT_ONCE)) {
      const [moreKeys, moreCharacters] = sizeOf(request);
      keys += moreKeys;
      characters += moreCharacters;
      const isTogether = request.type === first.request.type && (request.type === 'read' || request.type === 'write');
      if (isAlone || !isTogether || keys > KEYS_AT_ONCE || characters > CHARACTERS_AT_ONCE) break;
      length += 1;
    }
    return this.#waiting.splice(0, length);
  }

  async #run(group: readonly Waiting[]): Promise<void> {
    try {
      const requests = group.map(({ request }) => request);
      const rows = await this.#session.run<Row & { readonly held?: boolean }>(together(requests, this.#session.guard));
      if (rows[0]?.held === false) throw this.#session.fence();
      for (const { resolve } of group) resolve(rows);
    } catch (error) {
      // Without a connection, all that waits would only wait for its own turn to fail.
      if (error instanceof Disconnected || error instanceof TakenOver)
        for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(error);
      else if (group.length === 1) group[0]?.reject(error);
      // One of them may be what the database refused, and that had no effect: alone, each of the others can still succeed.
      else this.#waiting.unshift(...group.map((one) => ({ ...one, isAlone: true as const })));
    }
  }
}

/** One statement for requests of one kind. */
function together(requests: readonly Request[], guard: Guard): Statement {
  const keys = new Set<string>();
  const changes = new Map<string, Change>();
  for (const request of requests) {
    if (request.type === 'list') return listing(request.prefix);
    if (request.type === 'sweep') return sweeping(guard);
    if (request.type === 'read') for (const key of request.keys) keys.add(key);
    // The last change of a key is the one that would be left.
    else for (const change of request.changes) changes.set(change.key, change);
  }
  return changes.size > 0 ? writing([...changes.values()], guard) : reading([...keys]);
}

function sizeOf(request: Request): [keys: number, characters: number] {
  if (request.type === 'read') return [request.keys.length, 0];
  if (request.type !== 'write') return [0, 0];
  return [
    request.changes.length,
    request.changes.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0),
  ];
}

/** PostgreSQL's text cannot hold NUL, and half a surrogate pair would come back as another key. */
function checkKey(key: string): void {
  if (key.includes('\0') || !key.isWellFormed()) {
    throw new TypeError(`${JSON.stringify(key)} cannot be a key: PostgreSQL stores no such text`);
  }
}
