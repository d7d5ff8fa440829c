import { collect } from '../lib/subprocess.ts';
import { ExtractionWays, type Asked, type Way } from './extraction-ways.ts';
import { linesOf } from './output-lines.ts';
import { SharedLists } from './shared-lists.ts';
import { SingleFlight, type Flight } from './single-flight.ts';
import { SiteBreaker, type SiteTrouble } from './site-breaker.ts';
import { ratesOf, SiteGate, type ExtractionRates } from './site-gate.ts';
import { siteOf } from './sites.ts';
import { Slots } from './slots.ts';
import type { Urgency } from './source.ts';
import { subjectOf, type Listed, type Target } from './yt-dlp-arguments.ts';
import type { YtDlpBinary } from './yt-dlp-binary.ts';
import { failureSaid, type ExtractionFailure } from './yt-dlp-errors.ts';
import { readEntry, readExtraction, type Entry, type Extraction } from './yt-dlp-info.ts';
import { YtDlpProgram, type YtDlpProgramParts } from './yt-dlp-program.ts';

const USUAL_RATES: ExtractionRates = {
  extractionsAtOnce: 2,
  extractionsPerMinute: 5,
  extractionsPerMinutePerUser: 8,
};
const LISTS_AT_ONCE = 2;
const DEFAULT_TIMEOUT_MS = 30_000;
/** A list of thousands is dozens of pages, one after the other. */
const LIST_MS = 180_000;
const MAX_OUTPUT = 20 * 1024 * 1024;

export interface YtDlpOptions extends YtDlpProgramParts {
  readonly timeoutMs?: number;
  /** For the operator. */
  readonly trouble?: ((trouble: SiteTrouble) => void) | undefined;
  /** How often it may be asked, as in the settings. */
  readonly rates?: Partial<ExtractionRates> | undefined;
  /** As which programs YouTube is asked when it does not answer yt-dlp's own choice. */
  readonly otherClients?: readonly string[] | undefined;
}

/** Who wants to know, and how urgently. */
export interface Asking {
  readonly signal: AbortSignal;
  readonly urgency?: Urgency | undefined;
  /** The person who asked, where it was one. */
  readonly userId?: string | undefined;
}

/**
 * yt-dlp as a program that is asked and answers: so many at a time, identical questions once, each with a time limit; no
 * site more often than it bears, and none that turns everybody away.
 */
export class YtDlp {
  readonly #program: YtDlpProgram;
  readonly #timeoutMs: number;
  readonly #slots: Slots;
  /** Lists of which the first entry is known. */
  readonly #lists = new Slots(LISTS_AT_ONCE);
  readonly #flights = new SingleFlight<Extraction>();
  readonly #shared = new SharedLists<Entry>();
  readonly #gate: SiteGate;
  readonly #breaker: SiteBreaker;
  readonly #ways: ExtractionWays;

  constructor({ timeoutMs = DEFAULT_TIMEOUT_MS, trouble, rates, otherClients = [], ...parts }: YtDlpOptions) {
    const limits = { ...USUAL_RATES, ...rates };
    this.#program = new YtDlpProgram(parts);
    this.#slots = new Slots(limits.extractionsAtOnce);
    this.#gate = new SiteGate(ratesOf(limits));
    this.#breaker = new SiteBreaker({ trouble });
    this.#ways = new ExtractionWays(otherClients);
    this.#timeoutMs = timeoutMs;
  }

  /** The program in use, looked for once; null when there is none, which is looked at again on the next call. */
  binary(): Promise<YtDlpBinary | null> {
    return this.#program.binary();
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

  /** The link that was found for a page was refused, also when it was new: the next one is asked for in another way. */
  linkRefused(page: URL): void {
    const asked = { site: siteOf({ kind: 'page', url: page, limit: 1 }), subject: page.href };
    this.#ways.around('link-refused', this.#ways.wayTo(asked), asked);
  }

  /**
   * Lists, and hands over each entry as soon as it is known, no more than the limit. Throws TenutoError, perhaps after some
   * entries; those are good. A list that nobody waits for any more is killed.
   */
  async list(listed: Listed, { signal, urgency = 'now', userId }: Asking, took: (entry: Entry) => void): Promise<void> {
    signal.throwIfAborted();
    const site = siteOf(listed);
    if (userId !== undefined) this.#gate.admit(userId);
    const key = `${subjectOf(listed)} ${listed.limit}`;
    await this.#shared.read(key, { signal, urgency }, took, (tell, flight) => this.#list(site, listed, flight, tell));
  }

  async #list(site: string, listed: Listed, flight: Flight, took: (entry: Entry) => void): Promise<void> {
    await this.#gate.enter(site, flight);
    const entries = this.#entries(site, listed, flight.signal);
    try {
      const first = await this.#slots.run(() => this.#breaker.ask(site, () => entries.next()), flight);
      if (first.done === true) return;
      this.#breaker.answered(site);
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
    const way = this.#ways.wayTo({ site, subject: subjectOf(listed) });
    const child = await this.#program.start(listed, way, signal, LIST_MS);
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
      const failure =
        exit.kind !== 'exited' ? this.#program.broken(exit, signal) : exit.code !== 0 || nothing ? said() : null;
      if (failure) throw this.#breaker.failed(site, failure);
      this.#breaker.answered(site);
    } finally {
      child.kill();
    }
  }

  async #answer(site: string, target: Target, { signal }: Flight): Promise<Extraction> {
    const outcome = await this.#askAround({ site, subject: subjectOf(target) }, target, signal);
    if ('error' in outcome) throw this.#breaker.failed(site, outcome);
    this.#breaker.answered(site);
    return outcome;
  }

  /** Asks, and where that may help and the site bears it, once more in another way. */
  async #askAround(asked: Asked, target: Target, signal: AbortSignal): Promise<Extraction | ExtractionFailure> {
    const way = this.#ways.wayTo(asked);
    const outcome = await this.#ask(target, way, signal);
    if (!('error' in outcome)) return outcome;
    const other = this.#ways.around(outcome.class, way, asked);
    if (other === null || !this.#gate.spare(asked.site)) return outcome;
    const second = await this.#ask(target, other, signal);
    if (!('error' in second)) return second;
    this.#ways.inVain(outcome.class, asked);
    return outcome;
  }

  /** Throws what is no fault of the site. */
  async #ask(target: Target, way: Way, signal: AbortSignal): Promise<Extraction | ExtractionFailure> {
    const child = await this.#program.start(target, way, signal, this.#timeoutMs);
    const output = collect(child, MAX_OUTPUT);
    const exit = await child.ended;
    if (exit.kind !== 'exited') return this.#program.broken(exit, signal);
    const extraction = exit.code === 0 ? readExtraction(output()) : null;
    if (!extraction) return failureSaid(child.stderrTail());
    // A search that failed exits with 0 and a list of nulls; what went wrong is only on stderr.
    if (extraction.kind === 'many' && extraction.entries.length === 0 && child.stderrTail().includes('ERROR')) {
      return failureSaid(child.stderrTail());
    }
    return extraction;
  }
}
