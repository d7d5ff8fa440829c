import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type Program } from '../loopback/demo/processes.ts';
import { within } from '../src/lib/time.ts';
import type { Double, Seat } from './double.ts';
import { START_OPTIONS } from './node-options.ts';

const ROOT = join(import.meta.dirname, '..');
const START_MS = 30_000;
const END_MS = 8_000;

/** A program that plays, running. Ends, and leaves nothing behind, when it is disposed of. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  /** Starts to play the file in a channel; heard a moment later. */
  play(seat: Seat, url: string): Promise<void>;
  /** What it said last. */
  lastWords(): string;
}

/** Who is measured beside whom. */
export const CONTESTANTS = { tenuto: startTenuto, bare: startBarePlayer } as const;

export type Contestant = keyof typeof CONTESTANTS;

/** The bot as `npm start` starts it, with its own defaults and a fresh data folder, played to by people who type `/play`. */
async function startTenuto(double: Double): Promise<Running> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-bench-'));
  const forget = () => rm(dataDir, { recursive: true, force: true });
  try {
    const env = { ...double.env, DATA_DIR: dataDir, ALLOW_PRIVATE_HOSTS: '127.0.0.1', NODE_OPTIONS: START_OPTIONS };
    const program = await start('src/main.ts', env, (line) => line.includes('"msg":"ready"'));
    return running(program, (seat, url) => double.typePlay(seat, url), forget);
  } catch (error) {
    await forget();
    throw error;
  }
}

/** A player with nothing around it, on the libraries and the Node that Tenuto has, given the same address. */
async function startBarePlayer(double: Double): Promise<Running> {
  const program = await start('bench/bare-player.ts', double.env, (line) => line === 'ready');
  const play = async ({ guildId, channelId }: Seat, url: string) => {
    program.child.stdin?.write(`${JSON.stringify({ guildId, channelId, url })}\n`);
  };
  return running(program, play, async () => {});
}

async function start(file: string, env: Double['env'], isReady: (line: string) => boolean): Promise<Program> {
  const program = run(join(ROOT, file), [], env);
  try {
    await within(START_MS, program.line(isReady), () => new Error(`${file} was not ready in time:\n${tail(program)}`));
    return program;
  } catch (error) {
    await program.end('SIGKILL');
    throw error;
  }
}

function running(program: Program, play: Running['play'], forget: () => Promise<void>): Running {
  return {
    pid: program.child.pid ?? 0,
    play,
    lastWords: () => tail(program),
    async [Symbol.asyncDispose]() {
      const late = () => new Error('it did not end');
      await within(END_MS, program.end('SIGTERM'), late).catch(() => program.end('SIGKILL'));
      await forget();
    },
  };
}

const tail = (program: Program) => program.output().split('\n').slice(-15).join('\n');
