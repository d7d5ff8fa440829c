import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import youtubeDl, { create } from 'youtube-dl-exec';
import { TenutoError } from '../lib/errors.ts';
import { neverRan, type Exit, type ForeignChild, type Subprocess, type Subprocesses } from '../lib/subprocess.ts';
import type { EgressProxy } from './egress-proxy.ts';
import type { Way } from './extraction-ways.ts';
import { flagsFor, subjectOf, type Flags, type Listed, type Target } from './yt-dlp-arguments.ts';
import { findYtDlp, type YtDlpBinary } from './yt-dlp-binary.ts';
import { failureOf, type ExtractionFailure } from './yt-dlp-errors.ts';

export interface YtDlpProgramParts {
  /** The operator's choice, which then is the only one; null to take the newest that is found. */
  readonly path: string | null;
  readonly dataDir: string;
  readonly subprocesses: Subprocesses;
  /** What it may read, as in the setting; what is not among it is refused. */
  readonly extractors?: readonly string[] | undefined;
  /** Its only way out. */
  readonly egress: Pick<EgressProxy, 'environment'>;
}

/** yt-dlp as a program: found once, and started so that it can do nothing but ask a site. */
export class YtDlpProgram {
  readonly #candidates: readonly string[];
  readonly #cacheDir: string;
  readonly #extractors: readonly string[];
  readonly #subprocesses: Subprocesses;
  readonly #egress: YtDlpProgramParts['egress'];
  #binary: Promise<YtDlpBinary | null> | null = null;

  constructor({ path, dataDir, subprocesses, extractors = ['music'], egress }: YtDlpProgramParts) {
    this.#candidates = ytDlpCandidates(path, dataDir);
    // Absolute, because the program is started in another folder.
    this.#cacheDir = resolve(dataDir, 'cache', 'yt-dlp');
    this.#extractors = extractors;
    this.#subprocesses = subprocesses;
    this.#egress = egress;
  }

  /** The program in use, looked for once; null when there is none, which is looked at again on the next call. */
  async binary(): Promise<YtDlpBinary | null> {
    this.#binary ??= findYtDlp(this.#candidates, this.#subprocesses);
    const found = await this.#binary.catch(() => null);
    if (!found) this.#binary = null;
    return found;
  }

  /** Asks about something; the answer is what the child writes. Throws TenutoError. */
  async start(target: Target | Listed, way: Way, signal: AbortSignal, timeoutMs: number): Promise<Subprocess> {
    const binary = await this.binary();
    if (!binary) throw new TenutoError('EXTRACTOR_MISSING');
    await mkdir(this.#cacheDir, { recursive: true });
    const proxied = await this.#egress.environment();
    this.#subprocesses.assertOpen();
    signal.throwIfAborted();
    const flags = flagsFor(target, { ...binary, cacheDir: this.#cacheDir, extractors: this.#extractors, way });
    const foreign = start(binary.path, subjectOf(target), flags, {
      // Two folders matter to it: this one, which is empty of configuration and plugins, and the one of its cache.
      cwd: this.#cacheDir,
      env: { ...this.#subprocesses.environment, ...proxied },
    });
    return this.#subprocesses.adopt(foreign, { owner: 'yt-dlp', signal, timeoutMs });
  }

  /** What it means that it did not come to its own end. Throws what is no fault of the site. */
  broken(exit: Exclude<Exit, { kind: 'exited' }>, signal: AbortSignal): ExtractionFailure {
    if (exit.kind === 'failed') {
      const failure = neverRan(exit.error, 'EXTRACTOR_MISSING');
      if (failure.code === 'EXTRACTOR_MISSING') this.#binary = null;
      throw failure;
    }
    if (exit.why === 'aborted') throw signal.reason;
    if (exit.why === 'closing') throw new TenutoError('STOPPING');
    return failureOf(ENDED_BY[exit.why], exit.why);
  }
}

/** What it means that it was killed. */
const ENDED_BY = {
  'timed-out': 'time-out',
  'too-much-output': 'too-much',
  asked: 'killed',
  'by-others': 'killed',
} as const;

/** Where a yt-dlp may be: what set-up brought, what youtube-dl-exec downloaded, what the system has. A configured path is the only one. */
export function ytDlpCandidates(configured: string | null, dataDir: string): string[] {
  if (configured !== null) return [configured];
  const { constants } = youtubeDl as unknown as { readonly constants: { readonly YOUTUBE_DL_PATH: string } };
  return [resolve(dataDir, 'bin', 'yt-dlp'), constants.YOUTUBE_DL_PATH, 'yt-dlp'];
}

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Spawns through youtube-dl-exec, which puts `--` before the subject (3.1.15 and later). Its promise is not used: it would put
 * the whole command line, with the person's link, into an error. Its types lack half of the flags, hence the casts.
 */
function start(path: string, subject: string, flags: Flags, { cwd, env }: Place): ForeignChild {
  const options = { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] };
  const running = create(path).exec(subject, flags, options as object);
  running.catch(() => undefined);
  return running;
}
