import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import youtubeDl, { create } from 'youtube-dl-exec';
import { TenutoError } from '../lib/errors.ts';
import { collect, neverRan, type Exit, type ForeignChild, type Subprocesses } from '../lib/subprocess.ts';
import { SingleFlight, type Flight } from './single-flight.ts';
import { Slots } from './slots.ts';
import type { Urgency } from './source.ts';
import { flagsFor, subjectOf, type Flags, type Target } from './yt-dlp-arguments.ts';
import { findYtDlp, type YtDlpBinary } from './yt-dlp-binary.ts';
import { classifyFailure } from './yt-dlp-errors.ts';
import { readExtraction, type Extraction } from './yt-dlp-info.ts';

const AT_ONCE = 2;
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_OUTPUT = 20 * 1024 * 1024;

export interface YtDlpOptions {
  /** The operator's choice, which then is the only one; null to take the newest that is found. */
  readonly path: string | null;
  readonly dataDir: string;
  readonly subprocesses: Subprocesses;
  readonly timeoutMs?: number;
}

/** yt-dlp as a program that is asked and answers: at most two at a time, identical questions once, each with a time limit. */
export class YtDlp {
  readonly #candidates: readonly string[];
  readonly #cacheDir: string;
  readonly #subprocesses: Subprocesses;
  readonly #timeoutMs: number;
  readonly #slots = new Slots(AT_ONCE);
  readonly #flights = new SingleFlight<Extraction>();
  #binary: Promise<YtDlpBinary | null> | null = null;

  constructor({ path, dataDir, subprocesses, timeoutMs = DEFAULT_TIMEOUT_MS }: YtDlpOptions) {
    this.#candidates = ytDlpCandidates(path, dataDir);
    // Absolute, because the program is started in another folder.
    this.#cacheDir = resolve(dataDir, 'cache', 'yt-dlp');
    this.#subprocesses = subprocesses;
    this.#timeoutMs = timeoutMs;
  }

  /** The program in use, looked for once; null when there is none, which is looked at again on the next call. */
  async binary(): Promise<YtDlpBinary | null> {
    this.#binary ??= findYtDlp(this.#candidates, this.#subprocesses);
    const found = await this.#binary.catch(() => null);
    if (!found) this.#binary = null;
    return found;
  }

  /** Asks about a page or for words. Throws TenutoError; a process that nobody waits for any more is killed. */
  extract(target: Target, signal: AbortSignal, urgency: Urgency = 'now'): Promise<Extraction> {
    const key = `${target.kind} ${subjectOf(target)}`;
    const ask = (flight: Flight) => this.#slots.run(() => this.#ask(target, flight.signal), flight);
    return this.#flights.run(key, { signal, urgency }, ask);
  }

  async #ask(target: Target, signal: AbortSignal): Promise<Extraction> {
    const binary = await this.binary();
    if (!binary) throw new TenutoError('EXTRACTOR_MISSING');
    await mkdir(this.#cacheDir, { recursive: true });
    this.#subprocesses.assertOpen();
    signal.throwIfAborted();
    const foreign = start(binary.path, subjectOf(target), flagsFor(target, binary.options, this.#cacheDir), {
      // Two folders matter to it: this one, which is empty of configuration and plugins, and the one of its cache.
      cwd: this.#cacheDir,
      env: this.#subprocesses.environment,
    });
    const child = this.#subprocesses.adopt(foreign, { owner: 'yt-dlp', signal, timeoutMs: this.#timeoutMs });
    const output = collect(child, MAX_OUTPUT);
    const exit = await child.ended;
    if (exit.kind !== 'exited') throw this.#broken(exit, signal);
    const extraction = exit.code === 0 ? readExtraction(output()) : null;
    if (!extraction) throw classifyFailure(child.stderrTail());
    // A search that failed exits with 0 and a list of nulls; what went wrong is only on stderr.
    if (extraction.kind === 'many' && extraction.entries.length === 0 && child.stderrTail().includes('ERROR')) {
      throw classifyFailure(child.stderrTail());
    }
    return extraction;
  }

  #broken(exit: Exclude<Exit, { kind: 'exited' }>, signal: AbortSignal): unknown {
    if (exit.kind === 'failed') {
      const failure = neverRan(exit.error, 'EXTRACTOR_MISSING');
      if (failure.code === 'EXTRACTOR_MISSING') this.#binary = null;
      return failure;
    }
    if (exit.why === 'aborted') return signal.reason;
    if (exit.why === 'timed-out') return new TenutoError('EXTRACTION_TIMED_OUT');
    if (exit.why === 'closing') return new TenutoError('STOPPING');
    return new TenutoError('TRACK_UNAVAILABLE', 'the site sent more than can be read', { cause: new Error(exit.why) });
  }
}

/** Where a yt-dlp may be: what set-up brought, what youtube-dl-exec downloaded, what the system has. A configured path is the only one. */
export function ytDlpCandidates(configured: string | null, dataDir: string): string[] {
  if (configured !== null) return [configured];
  const { constants } = youtubeDl as unknown as { readonly constants: { readonly YOUTUBE_DL_PATH: string } };
  return [resolve(dataDir, 'bin', 'yt-dlp'), constants.YOUTUBE_DL_PATH, 'yt-dlp'];
}

interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Spawns through youtube-dl-exec, which puts `--` before the subject (3.1.15 and later). Its promise is not used: it would put
 * the whole command line, with the person's link, into an error. Its types lack half of the flags, hence the casts.
 */
function start(path: string, subject: string, flags: Flags, { cwd, env }: Surroundings): ForeignChild {
  const options = { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] };
  const running = create(path).exec(subject, flags, options as object);
  running.catch(() => undefined);
  return running;
}
