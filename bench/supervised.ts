import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { run, type Program } from '../loopback/demo/processes.ts';
import { within } from '../src/lib/time.ts';
import { START_OPTIONS } from './node-options.ts';
import { childrenOf } from './process-usage.ts';

const ROOT = join(import.meta.dirname, '..');
const START_MS = 40_000;
const END_MS = 8_000;
/** pino's level of what ends the process. */
const FATAL = 60;
const LAST_LINES = 15;

/** How one run of a program ended. */
export interface Life {
  /** Null when it was killed. */
  readonly exitCode: number | null;
  /** False when it ended before it was told to. */
  readonly asked: boolean;
  /** Lines about faults that nothing in it expected. */
  readonly unhandled: readonly string[];
}

/** What a process holds open, by kind. */
export type Holdings = Readonly<Record<string, number>>;

/** A program of this repository in a process of its own, and what becomes of it. */
export class Supervised {
  readonly #program: Program;
  readonly #metricsPort: number;
  #asked = false;

  private constructor(program: Program, metricsPort: number) {
    this.#program = program;
    this.#metricsPort = metricsPort;
  }

  /** Runs a file and resolves when a line of its output says that it is ready. It is killed when `signal` is aborted. */
  static async start(
    file: string,
    env: Readonly<Record<string, string>>,
    isReady: (line: string) => boolean,
    signal?: AbortSignal,
  ): Promise<Supervised> {
    signal?.throwIfAborted();
    const metricsPort = await freePort();
    const NODE_OPTIONS = `${START_OPTIONS} ${env['NODE_OPTIONS'] ?? ''}`;
    const program = run(join(ROOT, file), [], { ...env, METRICS_PORT: String(metricsPort), NODE_OPTIONS });
    // What is written to a program that has just died must not end this one.
    program.child.stdin?.on('error', () => undefined);
    const supervised = new Supervised(program, metricsPort);
    const kill = () => void program.child.kill('SIGKILL');
    signal?.addEventListener('abort', kill, { once: true });
    program.child.once('exit', () => signal?.removeEventListener('abort', kill));
    try {
      await within(START_MS, program.line(isReady), () => new Error(`${file} was not ready in time`));
      return supervised;
    } catch (error) {
      await program.end('SIGKILL');
      throw new Error(`${file} did not start:\n${supervised.lastWords()}`, { cause: error });
    }
  }

  get pid(): number {
    return this.#program.child.pid ?? 0;
  }

  get running(): boolean {
    return this.#program.child.exitCode === null && this.#program.child.signalCode === null;
  }

  get exitCode(): number | null {
    return this.#program.child.exitCode;
  }

  /** Where Node's inspector listens, in a program that was started with one; otherwise empty. */
  get inspectorUrl(): string {
    return /^Debugger listening on (ws:\S+)$/m.exec(this.#program.output())?.[1] ?? '';
  }

  /** Writes a line to its standard input. */
  tell(line: string): void {
    this.#program.child.stdin?.write(`${line}\n`);
  }

  /** What it wrote last. */
  lastWords(): string {
    return this.#program.output().split('\n').slice(-LAST_LINES).join('\n');
  }

  /** Everything that it wrote with this in it, by line. */
  said(text: string): readonly string[] {
    return this.#program
      .output()
      .split('\n')
      .filter((line) => line.includes(text));
  }

  /** Lines about faults that nothing in it expected, so far. */
  unhandled(): readonly string[] {
    return this.#program.output().split('\n').filter(isUnhandled);
  }

  /** What it holds open now: descriptors and children as Linux counts them and, when it tells, what Node keeps alive. */
  async holdings(): Promise<Holdings> {
    return {
      ...(await descriptors(this.pid)),
      children: (await Promise.all((await childrenOf(this.pid)).map(isGuard))).filter((guard) => !guard).length,
      ...(await this.#resources()),
    };
  }

  /** Ends it, the hard way when it takes too long. */
  async end(): Promise<Life> {
    const asked = this.running;
    this.#asked ||= asked;
    const late = () => new Error('it did not end');
    await within(END_MS, this.#program.end('SIGTERM'), late).catch(() => this.#program.end('SIGKILL'));
    return { exitCode: this.exitCode, asked: this.#asked, unhandled: this.unhandled() };
  }

  /** What it tells of itself as Prometheus text; empty when it tells nothing. */
  async metrics(): Promise<string> {
    const url = `http://127.0.0.1:${this.#metricsPort}/metrics`;
    // A kept connection would be one of the things that are counted.
    const headers = { connection: 'close' };
    return await fetch(url, { headers, signal: AbortSignal.timeout(2_000) })
      .then((response) => (response.ok ? response.text() : ''))
      .catch(() => '');
  }

  /** By type, from the metrics of Node itself; empty while it serves none. */
  async #resources(): Promise<Holdings> {
    const text = await this.metrics();
    return Object.fromEntries(
      [...text.matchAll(/^nodejs_active_resources\{type="([^"]+)"\} (\d+)$/gm)].map(([, type = '', count]) => [
        type,
        Number(count),
      ]),
    );
  }
}

/** The bot's own word for an end that it has understood: Discord has closed the main gateway for good. */
const UNDERSTOOD = 'cannot go on';

function isUnhandled(line: string): boolean {
  if (line.includes(UNDERSTOOD)) return false;
  const level = /^\{"level":(\d+)/.exec(line)?.[1];
  return level === undefined ? /unhandled|uncaught/i.test(line) : Number(level) >= FATAL;
}

/** The shell that the bot keeps, from its first child on, so that the others end with it (src/lib/orphan-guard.ts). */
async function isGuard(pid: number): Promise<boolean> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return words.startsWith("/bin/sh\0-c\0\ntrap '' HUP");
}

async function descriptors(pid: number): Promise<Holdings> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder).catch(() => [])).map((name) => readlink(join(folder, name)).catch(() => '')),
  );
  return { sockets: links.filter((link) => link.startsWith('socket:')).length };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}
