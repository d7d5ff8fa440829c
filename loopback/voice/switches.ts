import type { Silence, VoiceFaults } from './voice-service.ts';

type Refusal = Parameters<VoiceFaults['refuseIdentify']>[0];

/** The faults that are in force now. */
export class Switches {
  readonly #silences = new Set<{ readonly what: Silence }>();
  readonly #refusals = new Set<{ readonly refusal: Refusal; left: number }>();

  /** True when an answer of this kind is to be left out. */
  silent(what: Silence): boolean {
    return [...this.#silences].some((silence) => silence.what === what);
  }

  /** The close code that this identify or resume must meet, or null; a refusal that was for so many times is used up by it. */
  refusal(asks: 'identify' | 'resume'): number | null {
    for (const entry of this.#refusals) {
      if (asks === 'resume' && entry.refusal.resumes !== true) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.#refusals.delete(entry);
      return entry.refusal.code;
    }
    return null;
  }

  /** Leaves an answer out until the returned function is called. */
  silence(what: Silence): () => void {
    const silence = { what };
    this.#silences.add(silence);
    return () => void this.#silences.delete(silence);
  }

  /** Refuses identifies until used up, or until the returned function is called. */
  refuse(refusal: Refusal): () => void {
    const entry = { refusal, left: refusal.times ?? Infinity };
    this.#refusals.add(entry);
    return () => void this.#refusals.delete(entry);
  }
}
