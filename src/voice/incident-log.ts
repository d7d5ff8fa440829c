import type { Incident } from './voice-reports.ts';

const KEPT = 20;

/** What happened to one guild's voice, the last twenty of it. At most one incident is open; what follows before it is settled is part of it. */
export class IncidentLog {
  #incidents: readonly Incident[] = [];
  readonly #changed: (incident: Incident, all: readonly Incident[]) => void;

  constructor(changed: (incident: Incident, all: readonly Incident[]) => void) {
    this.#changed = changed;
  }

  /** Newest last. */
  get all(): readonly Incident[] {
    return this.#incidents;
  }

  /** Puts what an earlier process wrote before what happened in this one. */
  recall(earlier: readonly Incident[]): void {
    const ended = earlier.map((incident) => ({ ...incident, outcome: incident.outcome ?? 'the bot was restarted' }));
    this.#incidents = [...ended, ...this.#incidents].slice(-KEPT);
  }

  /** Something happened. While an incident is open, the news replaces what it says and keeps when it began. */
  open(what: string, now: number): void {
    const last = this.#incidents.at(-1);
    const ongoing = last?.outcome === null;
    const incident = { at: ongoing ? last.at : now, what, outcome: null };
    this.#put(incident, ongoing);
  }

  /** The open incident ended; nothing when there is none. `{ms}` in the outcome becomes how long it took. */
  settle(outcome: string, now: number): void {
    const last = this.#incidents.at(-1);
    if (last?.outcome !== null) return;
    this.#put({ ...last, outcome: outcome.replace('{ms}', `${now - last.at} ms`) }, true);
  }

  #put(incident: Incident, replacing: boolean): void {
    const before = replacing ? this.#incidents.slice(0, -1) : this.#incidents;
    this.#incidents = [...before, incident].slice(-KEPT);
    this.#changed(incident, this.#incidents);
  }
}
