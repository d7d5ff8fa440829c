import type { Subprocesses } from '../../src/lib/subprocess.ts';
import { within } from '../../src/lib/time.ts';
import type { Ending } from './verdict.ts';

/** What bots give ffmpeg so that it reconnects; muse and the guide of discord.js among them. */
const FLAGS = '-reconnect 1 -reconnect_streamed 1 -reconnect_delay_max 5'.split(' ');
const OUTPUT = '-vn -f s16le -ar 48000 -ac 2 pipe:1'.split(' ');
/** The end of what a person waits for. */
const LONGEST_MS = 20_000;

export interface HeardByFfmpeg {
  readonly pcm: Buffer;
  readonly ending: Ending;
  readonly said: string;
}

/** Plays a link by ffmpeg alone. Its exit code is taken for its word, although bots seldom look at it. */
export async function hearByFfmpeg(link: string, subprocesses: Subprocesses): Promise<HeardByFfmpeg> {
  const life = new AbortController();
  const args = ['-v', 'error', '-nostdin', ...FLAGS, '-i', link, ...OUTPUT];
  const child = subprocesses.spawn({ owner: 'bare ffmpeg', command: 'ffmpeg', args, signal: life.signal });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const hung = new Error('hung');
  try {
    const exit = await within(LONGEST_MS, child.ended, () => hung);
    const failed = exit.kind !== 'exited' || exit.code !== 0;
    return { pcm: Buffer.concat(chunks), ending: failed ? 'error' : 'end', said: failed ? 'exit code' : '' };
  } catch {
    return { pcm: Buffer.concat(chunks), ending: 'hang', said: '' };
  } finally {
    life.abort();
  }
}
