import { NO_EPISODE, nextStep, type Episode, type Manner, type Step } from './reconnect-policy.ts';
import { SlidingWindow } from './sliding-window.ts';
import type { VoiceOptions } from './voice-options.ts';

/** What a guild has tried, and whether it may try again. */
export class Attempts {
  readonly #options: VoiceOptions;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #resumes: SlidingWindow;
  #episode: Episode = NO_EPISODE;
  /** A person asked for this join, so that what was tried before does not count against it. */
  #asked = false;

  constructor(options: VoiceOptions, now: () => number, random: () => number) {
    this.#options = options;
    this.#now = now;
    this.#random = random;
    this.#resumes = new SlidingWindow(options.maxResumes, options.resumeWindowMs);
  }

  /** What must outlive the process. */
  get episode(): Episode {
    return this.#episode;
  }

  /** Which try this is, from 1. */
  get current(): number {
    return Math.max(1, this.#episode.attempts);
  }

  /** Milliseconds for which nothing may be tried yet. */
  get quietMs(): number {
    const { cooldownsMs, jitter } = this.#options.policy;
    // A clock that was set back makes it no longer than the longest there is.
    const longestMs = Math.max(0, ...cooldownsMs) * (1 + jitter);
    return Math.min(longestMs, Math.max(0, this.#episode.quietUntil - this.#now()));
  }

  /** Goes on with what an earlier process had tried, unless that is as long ago as a connection must hold to be stable. */
  recall(episode: Episode): void {
    const lastAt = Math.max(episode.quietUntil, episode.readyAt ?? 0);
    const isOver = this.#now() - lastAt >= this.#options.policy.stableAfterMs;
    this.#episode = isOver ? NO_EPISODE : { ...episode, readyAt: null };
  }

  /** A person wants it: a new count begins, with this try. */
  ask(): void {
    this.#asked = true;
    this.#episode = { ...NO_EPISODE, attempts: 1 };
  }

  /** A fresh session is ready. */
  succeed(): void {
    const episode = this.#asked ? NO_EPISODE : this.#episode;
    this.#episode = { ...episode, readyAt: this.#now(), quietUntil: 0 };
    this.#asked = false;
  }

  /** It was lost, or not made: what now? */
  fail(manner: Manner): Step {
    const step = nextStep(this.#options.policy, this.#episode, { now: this.#now(), random: this.#random, manner });
    if (step.kind !== 'give-up') this.#episode = step.episode;
    if (step.kind === 'cool-down') this.#asked = false;
    return step;
  }

  /** Counts a resume. False when there were so many that a fresh session is due. */
  mayResume(): boolean {
    if (this.#resumes.waitMs(1, this.#now()) > 0) return false;
    this.#resumes.note(this.#now());
    return true;
  }
}
