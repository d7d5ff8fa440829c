import { StringDecoder } from 'node:string_decoder';
import type { Subprocess } from '../lib/subprocess.ts';
import { later } from '../lib/time.ts';

const LONGEST_LINE = 1024 * 1024;

export interface LineLimits {
  /** All that the program may write. */
  readonly maxBytes: number;
  /** Milliseconds in which it must write something. */
  readonly quietMs: number;
}

/** The lines that a child writes to stdout, as it writes them. A child that goes beyond a limit is killed, and `ended` says so. */
export async function* linesOf(child: Subprocess, { maxBytes, quietMs }: LineLimits): AsyncGenerator<string, void> {
  const decoder = new StringDecoder('utf8');
  let [rest, bytes] = ['', 0];
  let quiet = new AbortController();
  const listen = () => {
    quiet = new AbortController();
    later(quietMs, quiet.signal, () => child.kill('timed-out'));
  };
  listen();
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      // Whoever reads the lines may take as long as they like.
      quiet.abort();
      bytes += chunk.length;
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (bytes > maxBytes || rest.length > LONGEST_LINE) return child.kill('too-much-output');
      yield* lines;
      listen();
    }
    if (rest !== '') yield rest;
  } finally {
    quiet.abort();
  }
}
