import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that the demo runs beside itself. */
export interface Program {
  readonly child: ChildProcess;
  /** Everything that it wrote, standard output and error together. */
  output(): string;
  /** Resolves with the first line of standard output that is as described; rejects when the program ends before. */
  line(like: (line: string) => boolean): Promise<string>;
  /** Sends the signal and resolves with the exit code, null for a program that was killed. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** Runs a TypeScript file of this repository with nothing of our environment but PATH and HOME, and `env`. */
export function run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const inherited = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
  const child = spawn(process.execPath, [file, ...args], { env: { ...inherited, ...env } });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  const stdout = createInterface({ input: child.stdout }).on('line', keep);
  createInterface({ input: child.stderr }).on('line', keep);
  return {
    child,
    output: () => lines.join('\n'),
    async line(like) {
      const stop = new AbortController();
      const found = new Promise<string>((resolve) => {
        stdout.on('line', (line) => like(line) && resolve(line));
        const known = lines.find(like);
        if (known !== undefined) resolve(known);
      });
      const early = once(child, 'exit', { signal: stop.signal }).then(() => {
        throw new Error(`${file} ended early:\n${lines.slice(-20).join('\n')}`);
      });
      // When the line is there, nobody looks at the other promise any more.
      early.catch(() => undefined);
      return await Promise.race([found, early]).finally(() => stop.abort());
    },
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await ended;
      }
      return child.exitCode;
    },
  };
}
