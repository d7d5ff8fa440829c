import { SlidingWindow } from './sliding-window.ts';
import type { VoiceOptions } from './voice-options.ts';

export type PacerOptions = Pick<
  VoiceOptions,
  | 'recoverySendsPerMinute'
  | 'recoverySendsPerSecond'
  | 'recoveryStep'
  | 'recoveryStepMs'
  | 'herdGuilds'
  | 'herdWindowMs'
  | 'probeDelayMs'
  | 'probeCapMs'
  | 'probeJitter'
  | 'probeDeadlineMs'
>;

/** Who wants to join, and what happens when it may. */
export interface TurnRequest {
  readonly guildId: string;
  /** Op 4 that it will send. */
  readonly sends: number;
  /** Ends the wait. */
  readonly life: AbortSignal;
  /** True while a person waits for the answer: it goes ahead of recoveries, and at once. */
  readonly urgent: () => boolean;
  /** Called once: at once when it is its turn, else later. */
  readonly go: () => void;
}

/** Voice is out everywhere. One guild at a time finds out whether it is back. */
interface Outage {
  readonly probes: number;
  /** The guild whose probe is not decided yet. */
  readonly probing: string | null;
  /** No other guild probes before. */
  readonly nextAt: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** How late what is sent may arrive and still count in the right minute. */
const LATE_MS = 10_000;

/**
 * The turns of all guilds to join: within what the main gateway takes, in the order of asking, a person always first. During a
 * global outage all wait but one that probes; the first guild whose voice is ready again lets the others go.
 */
export class RecoveryPacer {
  readonly #options: PacerOptions;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #minute: SlidingWindow;
  readonly #second: SlidingWindow;
  readonly #step: SlidingWindow;
  /** By guild, in the order of asking; each with what makes it be forgotten when its life ends. */
  readonly #waiting = new Map<string, { readonly request: TurnRequest; readonly forget: () => void }>();
  #sendsWaiting = 0;
  /** The guilds that failed lately and when they last did, oldest first. */
  readonly #failures = new Map<string, number>();
  #outage: Outage | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** `now`: milliseconds of any clock. `random`: from 0 to 1. */
  constructor(options: PacerOptions, now: () => number, random: () => number) {
    this.#options = options;
    this.#now = now;
    this.#random = random;
    this.#minute = new SlidingWindow(options.recoverySendsPerMinute, MINUTE_MS);
    this.#second = new SlidingWindow(options.recoverySendsPerSecond, SECOND_MS);
    this.#step = new SlidingWindow(options.recoveryStep, options.recoveryStepMs);
  }

  /** True while voice fails everywhere. */
  get outage(): boolean {
    return this.#outage !== null;
  }

  /** A guild's voice failed: closed, or not made. */
  failed(guildId: string): void {
    const now = this.#now();
    if (this.#outage === null) this.#countFailure(guildId, now);
    else if (this.#outage.probing === guildId) this.#suffer(this.#outage.probes, now);
  }

  /** A guild's voice is ready, so that voice is not out everywhere. */
  succeeded(guildId: string): void {
    this.#failures.delete(guildId);
    if (this.#outage === null) return;
    this.#outage = null;
    this.#proceed();
  }

  /** A person has come to wait for this guild, so it is its turn at once. */
  hurry(guildId: string): void {
    const waiting = this.#waiting.get(guildId);
    if (waiting) this.#release(waiting.request);
  }

  /**
   * Asks for a turn, one a guild. Returns about when it will come, in milliseconds from now; 0 when `go` has been called, null
   * when nobody can tell.
   */
  request(request: TurnRequest): number | null {
    const { guildId, life } = request;
    if (life.aborted) return null;
    this.#remove(guildId);
    const forget = () => this.#remove(guildId);
    life.addEventListener('abort', forget, { once: true });
    this.#waiting.set(guildId, { request, forget });
    this.#sendsWaiting += request.sends;
    if (request.urgent()) this.#release(request);
    else this.#proceed();
    if (this.#waiting.get(guildId)?.request !== request) return 0;
    if (this.#outage !== null) return null;
    const now = this.#now();
    const all = this.#sendsWaiting;
    return Math.ceil(Math.max(this.#minute.lastMs(all, now), this.#pace(now).lastMs(all, now)));
  }

  #countFailure(guildId: string, now: number): void {
    this.#failures.delete(guildId);
    this.#failures.set(guildId, now);
    for (const [id, at] of this.#failures) {
      if (now - at < this.#options.herdWindowMs) break;
      this.#failures.delete(id);
    }
    if (this.#failures.size < this.#options.herdGuilds) return;
    this.#failures.clear();
    this.#suffer(0, now);
  }

  /** Voice is still out after so many probes. */
  #suffer(probes: number, now: number): void {
    this.#outage = { probes, probing: null, nextAt: now + this.#probeDelayMs(probes) };
    this.#proceed();
  }

  #probeDelayMs(probes: number): number {
    const { probeDelayMs, probeCapMs, probeJitter } = this.#options;
    return Math.min(probeCapMs, probeDelayMs * 2 ** probes) * (1 - probeJitter + 2 * probeJitter * this.#random());
  }

  /** Lets everyone go whose turn it is, and sleeps until the next turn. */
  #proceed(): void {
    // What a guild does in its turn may lead back here, so that nothing of this loop is remembered from one turn to the next.
    for (const { request } of this.#waiting.values()) {
      const now = this.#now();
      const waitMs = this.#waitMs(request.sends, now);
      if (waitMs > 0) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#proceed(), Math.ceil(waitMs));
        return;
      }
      if (this.#outage !== null) this.#outage = this.#probe(this.#outage.probes + 1, request.guildId, now);
      this.#release(request);
    }
  }

  /** A probe that is never decided gives way to the next one as if it had failed at its deadline. */
  #probe(probes: number, probing: string, now: number): Outage {
    return { probes, probing, nextAt: now + this.#options.probeDeadlineMs + this.#probeDelayMs(probes) };
  }

  #waitMs(sends: number, now: number): number {
    const within = Math.max(this.#minute.waitMs(sends, now), this.#pace(now).waitMs(sends, now));
    return this.#outage === null ? within : Math.max(within, this.#outage.nextAt - now);
  }

  /** Fast when all that wait are within what one minute takes, together with what was sent in the last one; else even. */
  #pace(now: number): SlidingWindow {
    return this.#minute.lastMs(this.#sendsWaiting, now - LATE_MS) > 0 ? this.#step : this.#second;
  }

  #release({ guildId, sends, go }: TurnRequest): void {
    this.#remove(guildId);
    const now = this.#now();
    this.#minute.note(now, sends);
    this.#second.note(now, sends);
    this.#step.note(now, sends);
    go();
  }

  #remove(guildId: string): void {
    const waiting = this.#waiting.get(guildId);
    if (!waiting) return;
    this.#waiting.delete(guildId);
    this.#sendsWaiting -= waiting.request.sends;
    waiting.request.life.removeEventListener('abort', waiting.forget);
    if (this.#waiting.size === 0) clearTimeout(this.#timer);
  }
}
