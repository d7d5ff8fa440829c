import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { TenutoError, type ErrorCode } from './errors.ts';
import { OrphanGuard } from './orphan-guard.ts';
import { later, within } from './time.ts';

/** What children may know of our surroundings. Tokens live in the environment, so everything else stays with us. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ'];
const STDERR_TAIL = 8 * 1024;
const CLOSE_DEADLINE_MS = 3_000;

/** How a child ended. `failed`: it never ran; `neverRan` says what that means. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | {
      readonly kind: 'killed';
      readonly why: 'aborted' | 'timed-out' | 'closing' | 'asked' | 'too-much-output' | 'by-others';
    }
  | { readonly kind: 'failed'; readonly error: NodeJS.ErrnoException };

type Why = Extract<Exit, { kind: 'killed' }>['why'];

/** How long a child may take to end cleanly before it is made to. What did not do as it should gets no time at all. */
const GRACE_MS: Readonly<Record<Why, number>> = {
  aborted: 500,
  asked: 500,
  closing: 500,
  'timed-out': 0,
  'too-much-output': 0,
  'by-others': 0,
};

export interface ChildLimits {
  /** Who it works for, as shown in diagnostics: `ffmpeg guild 123`. */
  readonly owner: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface SpawnRequest extends ChildLimits {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

/** A living or ended child. `ended` settles once, after its output was closed, and never rejects. */
export interface Subprocess {
  readonly pid: number | undefined;
  readonly stdout: Readable;
  readonly ended: Promise<Exit>;
  /** The last 8 KB it wrote to stderr. */
  stderrTail(): string;
  /** Ends it and everything that it started: it is asked to end, and half a second later made to. */
  kill(why?: Why): void;
}

/** The part of node's ChildProcess that is needed to look after one which a library has spawned. */
export interface ForeignChild {
  readonly pid?: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit' | 'close', listener: (code: number | null) => void): unknown;
}

/** Every child process of the bot: each with an owner, a clean environment and its own process group that ends as a whole, at the latest with the bot. */
export class Subprocesses {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #living = new Map<Subprocess, string>();
  readonly #guard = new OrphanGuard();
  #closing = false;

  /** `environment` is ours; children get only PATH and a few harmless names of it. */
  constructor(environment: Readonly<Record<string, string | undefined>>) {
    const kept = INHERITED.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]));
    this.#environment = Object.fromEntries(kept);
  }

  /** What a child may see: for libraries that spawn by themselves and whose child is then adopted. */
  get environment(): Readonly<Record<string, string>> {
    return this.#environment;
  }

  get living(): readonly { readonly owner: string; readonly pid: number | undefined }[] {
    return Array.from(this.#living, ([child, owner]) => ({ owner, pid: child.pid }));
  }

  /** Starts a program. A program that cannot be started is an `ended` of kind 'failed', not a throw. */
  spawn(request: SpawnRequest): Subprocess {
    this.assertOpen();
    request.signal?.throwIfAborted();
    const child = spawn(request.command, request.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#environment,
      detached: true,
      ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    });
    return this.adopt(child, request);
  }

  /** Looks after a child that was spawned elsewhere with `detached: true`, piped output and our environment. */
  adopt(child: ForeignChild, { owner, signal, timeoutMs }: ChildLimits): Subprocess {
    const { stdout } = child;
    if (!stdout) return unstarted(child);
    const tail = keepTail(child.stderr);
    let killed: Why | undefined;
    let running = child.pid !== undefined;
    const kill = (why: Why = 'asked') => {
      if (!running) return;
      killed ??= why;
      const graceMs = GRACE_MS[why];
      endGroup(child.pid, graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
      later(graceMs, life.signal, () => {
        if (running) endGroup(child.pid, 'SIGKILL');
      });
    };
    if (child.pid !== undefined) this.#guard.add(child.pid);
    // A reader that has gone is not our failure: the child's exit tells the story.
    for (const stream of [stdout, child.stderr]) stream?.on('error', () => undefined);

    const life = new AbortController();
    const ended = new Promise<Exit>((resolve) => {
      child.on('error', (error) => {
        // Also emitted when a signal could not be sent; the child then still runs and its 'close' will come.
        if (running) return;
        resolve({ kind: 'failed', error });
      });
      child.on('exit', () => {
        // Grandchildren hold the pipes open and would outlive us; nobody else can have taken the group's number yet.
        endGroup(child.pid, 'SIGKILL');
        if (child.pid !== undefined) this.#guard.remove(child.pid);
        running = false;
      });
      child.on('close', (code) => {
        if (killed) resolve({ kind: 'killed', why: killed });
        else resolve(code === null ? { kind: 'killed', why: 'by-others' } : { kind: 'exited', code });
      });
    }).finally(() => {
      life.abort();
      signal?.removeEventListener('abort', onAbort);
      this.#living.delete(subprocess);
    });
    const subprocess: Subprocess = { pid: child.pid, stdout, ended, stderrTail: tail, kill };
    this.#living.set(subprocess, owner);

    const onAbort = () => kill('aborted');
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) kill('aborted');
    if (timeoutMs !== undefined) later(timeoutMs, life.signal, () => kill('timed-out'));
    return subprocess;
  }

  /** Runs a program to its end and returns its output, of which it may write at most `maxOutputBytes`. */
  async run(
    request: SpawnRequest,
    maxOutputBytes = 1024 * 1024,
  ): Promise<{ exit: Exit; stdout: string; stderr: string }> {
    const child = this.spawn(request);
    const output = collect(child, maxOutputBytes);
    const exit = await child.ended;
    return { exit, stdout: output(), stderr: child.stderrTail() };
  }

  /** Throws when no child may be started any more. */
  assertOpen(): void {
    if (this.#closing) throw new TenutoError('STOPPING');
  }

  /** Ends every child and waits until each is gone, a few seconds at the most. Nothing can be started after that. */
  async closeAll(): Promise<void> {
    this.#closing = true;
    const children = [...this.#living.keys()];
    for (const child of children) child.kill('closing');
    const gone = Promise.all(children.map((child) => child.ended));
    // A process in an uninterruptible wait survives even SIGKILL; stopping must not hang on it.
    await within(CLOSE_DEADLINE_MS, gone, () => new Error('children still living')).catch(() => undefined);
    this.#guard.close();
  }
}

/** What it means that a program never ran: the machine can start none at the moment, or else this one is `missing`. */
export function neverRan(error: NodeJS.ErrnoException, missing: ErrorCode): TenutoError {
  if (!SCARCE.has(error.code ?? '')) return new TenutoError(missing, '', { cause: error });
  return new TenutoError('TRACK_UNAVAILABLE', 'this machine can start no more programs right now', { cause: error });
}

const SCARCE = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** When no file descriptor is left, Node gives a child without pipes, whose 'error' is still to come and must be heard. */
function unstarted(child: ForeignChild): Subprocess {
  const ended = new Promise<Exit>((resolve) => {
    child.on('error', (error) => resolve({ kind: 'failed', error }));
  });
  return {
    pid: undefined,
    stdout: Readable.from([]),
    ended,
    stderrTail: () => '',
    kill: () => undefined,
  };
}

/** Gathers what the child writes to stdout; kills it when that is more than `maxBytes`. */
export function collect(child: Subprocess, maxBytes: number): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > maxBytes) return child.kill('too-much-output');
    chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function keepTail(stream: Readable | null): () => string {
  let tail = Buffer.alloc(0);
  stream?.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-STDERR_TAIL);
  });
  return () => tail.toString('utf8');
}

/** A negative id names the whole group; `detached` made the child its leader. */
function endGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // No such group: all of it is gone already.
  }
}
