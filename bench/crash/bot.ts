import { until } from '../../loopback/until.ts';
import { Supervised } from '../supervised.ts';

const END_MS = 8_000;
const PROGRAM = 'src/main.ts';

/** How a life ended. */
export interface End {
  /** It was already dead when it was to be killed. */
  readonly early: boolean;
  readonly unhandled: readonly string[];
}

/** One run of the bot, from its start to its death; disposing of it kills it. */
export class Life implements AsyncDisposable {
  /** Milliseconds of `performance.now()`. */
  readonly begunAt = performance.now();
  readonly #death = new AbortController();
  readonly #program: Promise<Supervised | Error>;
  #readyAt: number | null = null;

  constructor(env: Readonly<Record<string, string>>) {
    const isReady = (line: string) => line.includes('"msg":"ready"');
    this.#program = Supervised.start(PROGRAM, env, isReady, this.#death.signal).then(
      (program) => {
        this.#readyAt = performance.now();
        return program;
      },
      (error: unknown) => error as Error,
    );
  }

  /** Aborted when it dies. */
  get signal(): AbortSignal {
    return this.#death.signal;
  }

  /** When it said that it is ready, or null. */
  get readyAt(): number | null {
    return this.#readyAt;
  }

  /** What it has written about this so far, by line. */
  async said(text: string): Promise<readonly string[]> {
    const program = await this.#program;
    return program instanceof Error ? [program.message] : program.said(text);
  }

  /** Kills it with SIGKILL, and resolves when it is dead. */
  async kill(): Promise<End> {
    const startedAlready = this.#readyAt !== null;
    const before = startedAlready ? await this.#program : null;
    const early = before instanceof Supervised && !before.running;
    this.#death.abort();
    const program = await this.#program;
    if (program instanceof Error) return { early: startedAlready, unhandled: unhandledIn(program) };
    await until('the bot to be dead', () => !program.running, END_MS);
    return { early, unhandled: program.unhandled() };
  }

  /** Tells it to stop, and resolves when it has. */
  async stop(): Promise<End> {
    const program = await this.#program;
    if (program instanceof Error) throw program;
    const { asked, exitCode, unhandled } = await program.end();
    this.#death.abort();
    return { early: !asked || exitCode !== 0, unhandled };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** In the last lines of one that did not become ready. */
const unhandledIn = ({ message }: Error): string[] =>
  message.split('\n').filter((line) => /"level":60|uncaught|unhandled/i.test(line));
