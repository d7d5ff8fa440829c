import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import youtubeDl, { create } from 'youtube-dl-exec';
import { TenutoError } from '../lib/errors.ts';
import {
  collect,
  neverRan,
  type Exit,
  type ForeignChild,
  type Subprocess,
  type Subprocesses,
} from '../lib/subprocess.ts';
import type { EgressProxy } from './egress-proxy.ts';
import { linesOf } from './output-lines.ts';
import { SingleFlight, type Flight } from './single-flight.ts';
import { SiteBreaker, type SiteTrouble } from './site-breaker.ts';
import { SiteGate } from './site-gate.ts';
import { siteOf } from './sites.ts';
import { Slots } from './slots.ts';
import type { Urgency } from './source.ts';
import { flagsFor, subjectOf, type Flags, type Listed, type Target } from './yt-dlp-arguments.ts';
import { findYtDlp, type YtDlpBinary } from './yt-dlp-binary.ts';
import { failureOf, failureSaid, type ExtractionFailure } from './yt-dlp-errors.ts';
import { readEntry, readExtraction, type Entry, type Extraction } from './yt-dlp-info.ts';

const AT_ONCE = 2;
const LISTS_AT_ONCE = 2;
const DEFAULT_TIMEOUT_MS = 30_000;
/** A list of thousands is dozens of pages, one after the other. */
const LIST_MS = 180_000;
const MAX_OUTPUT = 20 * 1024 * 1024;

export interface YtDlpOptions {
  /** The operator's choice, which then is the only one; null to take the newest that is found. */
  readonly path: string | null;
  readonly dataDir: string;
  readonly subprocesses: Subprocesses;
  /** What it may read, as in the setting; what is not among it is refused. */
  readonly extractors?: readonly string[] | undefined;
  /** Its only way out. */
  readonly egress: Pick<EgressProxy, 'environment'>;
  readonly timeoutMs?: number;
  /** For the operator. */
  readonly trouble?: ((trouble: SiteTrouble) => void) | undefined;
  readonly gate?: SiteGate;
}

/** Who wants to know, and how urgently. */
export interface Asking {
  readonly signal: AbortSignal;
  readonly urgency?: Urgency | undefined;
  /** The person who asked, where it was one. */
  readonly userId?: string | undefined;
}

/**
 * yt-dlp as a program that is asked and answers: at most two at a time, identical questions once, each with a time limit; no
 * site more often than it bears, and none that turns everybody away.
 */
export class YtDlp {
  readonly #candidates: readonly string[];
  readonly #cacheDir: string;
  readonly #extractors: readonly string[];
  readonly #subprocesses: Subprocesses;
  readonly #egress: YtDlpOptions['egress'];
  readonly #timeoutMs: number;
  readonly #slots = new Slots(AT_ONCE);
  /** Lists of which the first entry is known. */
  readonly #lists = new Slots(LISTS_AT_ONCE);
  readonly #flights = new SingleFlight<Extraction>();
  readonly #gate: SiteGate;
  readonly #breaker: SiteBreaker;
  #binary: Promise<YtDlpBinary | null> | null = null;

  constructor(options: YtDlpOptions) {
    const { path, dataDir, subprocesses, egress, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    this.#gate = options.gate ?? new SiteGate();
    this.#breaker = new SiteBreaker({ trouble: options.trouble });
    this.#candidates = ytDlpCandidates(path, dataDir);
    // Absolute, because the program is started in another folder.
    this.#cacheDir = resolve(dataDir, 'cache', 'yt-dlp');
    this.#extractors = options.extractors ?? ['music'];
    this.#subprocesses = subprocesses;
    this.#egress = egress;
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
  async extract(target: Target, { signal, urgency = 'now', userId }: Asking): Promise<Extraction> {
    signal.throwIfAborted();
    const site = siteOf(target);
    if (userId !== undefined) this.#gate.admit(userId);
    return await this.#flights.run(`${target.kind} ${subjectOf(target)}`, { signal, urgency }, async (flight) => {
      await this.#gate.enter(site, flight);
      // Asked only when there is a slot: by then, those before may have found that it is no use.
      return await this.#slots.run(() => this.#breaker.ask(site, () => this.#answer(site, target, flight)), flight);
    });
  }

  /**
   * Lists, and hands over each entry as soon as it is known, no more than the limit. Throws TenutoError, perhaps after some
   * entries; those are good. A list that nobody waits for any more is killed.
   */
  async list(listed: Listed, { signal, urgency = 'now', userId }: Asking, took: (entry: Entry) => void): Promise<void> {
    signal.throwIfAborted();
    const site = siteOf(listed);
    if (userId !== undefined) this.#gate.admit(userId);
    const flight = { signal, urgency };
    await this.#gate.enter(site, flight);
    const entries = this.#entries(site, listed, signal);
    try {
      const first = await this.#slots.run(() => this.#breaker.ask(site, () => entries.next()), flight);
      if (first.done === true) return;
      took(first.value);
      // Now something can play; the rest of a long list keeps nobody from looking up what is to play.
      await this.#lists.run(async () => {
        for await (const entry of entries) took(entry);
      }, flight);
    } finally {
      await entries.return();
    }
  }

  async *#entries(site: string, listed: Listed, signal: AbortSignal): AsyncGenerator<Entry, void, void> {
    const child = await this.#start(listed, signal, LIST_MS);
    let count = 0;
    try {
      for await (const line of linesOf(child, { maxBytes: MAX_OUTPUT, quietMs: this.#timeoutMs })) {
        const entry = count < listed.limit ? readEntry(line) : null;
        if (entry === null) continue;
        count += 1;
        yield entry;
      }
      const exit = await child.ended;
      const said = () => failureSaid(child.stderrTail());
      const nothing = count === 0 && child.stderrTail().includes('ERROR');
      const failure = exit.kind !== 'exited' ? this.#broken(exit, signal) : exit.code !== 0 || nothing ? said() : null;
      if (failure) throw this.#breaker.failed(site, failure);
      this.#breaker.answered(site);
    } finally {
      child.kill();
    }
  }

  async #answer(site: string, target: Target, { signal }: Flight): Promise<Extraction> {
    const outcome = await this.#ask(target, signal);
    if ('error' in outcome) throw this.#breaker.failed(site, outcome);
    this.#breaker.answered(site);
    return outcome;
  }

  /** Throws what is no fault of the site. */
  async #ask(target: Target, signal: AbortSignal): Promise<Extraction | ExtractionFailure> {
    const child = await this.#start(target, signal, this.#timeoutMs);
    const output = collect(child, MAX_OUTPUT);
    const exit = await child.ended;
    if (exit.kind !== 'exited') return this.#broken(exit, signal);
    const extraction = exit.code === 0 ? readExtraction(output()) : null;
    if (!extraction) return failureSaid(child.stderrTail());
    // A search that failed exits with 0 and a list of nulls; what went wrong is only on stderr.
    if (extraction.kind === 'many' && extraction.entries.length === 0 && child.stderrTail().includes('ERROR')) {
      return failureSaid(child.stderrTail());
    }
    return extraction;
  }

  async #start(target: Target | Listed, signal: AbortSignal, timeoutMs: number): Promise<Subprocess> {
    const binary = await this.binary();
    if (!binary) throw new TenutoError('EXTRACTOR_MISSING');
    await mkdir(this.#cacheDir, { recursive: true });
    const proxied = await this.#egress.environment();
    this.#subprocesses.assertOpen();
    signal.throwIfAborted();
    const flags = flagsFor(target, { ...binary, cacheDir: this.#cacheDir, extractors: this.#extractors });
    const foreign = start(binary.path, subjectOf(target), flags, {
      // Two folders matter to it: this one, which is empty of configuration and plugins, and the one of its cache.
      cwd: this.#cacheDir,
      env: { ...this.#subprocesses.environment, ...proxied },
    });
    return this.#subprocesses.adopt(foreign, { owner: 'yt-dlp', signal, timeoutMs });
  }

  #broken(exit: Exclude<Exit, { kind: 'exited' }>, signal: AbortSignal): ExtractionFailure {
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
