import type { Logger } from 'pino';
import { every } from '../lib/time.ts';
import { begin, judge, LOOK_EVERY_MS, type Limits } from './judge.ts';
import type { Evidence } from './link-evidence.ts';
import type { Trouble } from './troubles.ts';
import { VERDICTS, type MonitorRemedy, type Verdict } from './verdicts.ts';

export interface MonitorParts {
  readonly options: Limits;
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * ConnectionMonitor: judges a guild's connection by what really happened to it, and not by the names of its states. A look
 * is a few comparisons; the timers of all guilds have one length, which Node keeps in one list, and are spread over the second
 * as the guilds became ready.
 */
export class ConnectionMonitor {
  readonly #parts: MonitorParts;
  /** When a verdict last led to its remedy. */
  readonly #treatedAt = new Map<Verdict, number>();
  #verdict: Verdict = 'quiet';

  constructor(parts: MonitorParts) {
    this.#parts = parts;
  }

  /** What it made of its last look; `quiet` while there is nothing to look at. */
  get verdict(): Verdict {
    return this.#verdict;
  }

  /**
   * Looks every second at a connection that has become ready, until `life` ends. Calls `act` for a verdict that demands
   * a remedy, once for as long as that verdict stands; ending `life` is the answer that is expected.
   */
  watch(look: () => Evidence, life: AbortSignal, act: (remedy: MonitorRemedy, trouble: Trouble) => void): void {
    if (life.aborted) return;
    const { options, now } = this.#parts;
    let clocks = begin(look(), now());
    let treated: Verdict | null = null;
    life.addEventListener('abort', () => (this.#verdict = 'quiet'), { once: true });
    every(LOOK_EVERY_MS, life, () => {
      const evidence = look();
      const { verdict, clocks: next } = judge(evidence, now(), clocks, options);
      clocks = next;
      this.#note(verdict, evidence);
      if (verdict !== treated) treated = null;
      const row = VERDICTS[verdict];
      if (row.remedy === 'none' || treated !== null || this.#rests(verdict, row.restMs)) return;
      treated = verdict;
      this.#treatedAt.set(verdict, now());
      act(row.remedy, row.trouble);
    });
  }

  #rests(verdict: Verdict, restMs: number): boolean {
    const elapsedMs = this.#parts.now() - (this.#treatedAt.get(verdict) ?? -Infinity);
    return elapsedMs >= 0 && elapsedMs < restMs;
  }

  #note(verdict: Verdict, evidence: Evidence): void {
    if (verdict === this.#verdict) return;
    const { level } = VERDICTS[verdict];
    this.#parts.log[level]({ verdict, before: this.#verdict, evidence }, 'voice verdict');
    this.#verdict = verdict;
  }
}
