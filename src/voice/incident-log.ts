import type { Logger } from 'pino';
import type { Store } from '../storage/store.ts';
import type { Incident } from './voice-reports.ts';

const KEPT = 20;

/**
 * What happened to one guild's voice, the last twenty of it. One incident is open at a time; what follows before it is
 * settled is part of it. A store makes it outlive the process and is never in the way: what fails there is logged.
 */
export class IncidentLog {
  readonly #key: string;
  readonly #store: Store | null;
  readonly #log: Logger;
  #incidents: readonly Incident[] = [];

  constructor(guildId: string, store: Store | null, log: Logger) {
    this.#key = `voice:${guildId}:incidents`;
    this.#store = store;
    this.#log = log;
  }

  /** Newest last. */
  get all(): readonly Incident[] {
    return this.#incidents;
  }

  /** Puts what an earlier process kept before what happened in this one. */
  async recall(): Promise<void> {
    try {
      const earlier = (await this.#store?.get<readonly Incident[]>(this.#key)) ?? [];
      const ended = earlier.map((incident) => ({ ...incident, outcome: incident.outcome ?? 'the bot was restarted' }));
      this.#incidents = [...ended, ...this.#incidents].slice(-KEPT);
    } catch (error) {
      this.#log.warn({ error }, 'earlier incidents could not be read');
    }
  }

  /** Something happened. Returns the new incident, or null when it belongs to the open one. */
  open(what: string, now: number): Incident | null {
    if (this.#incidents.at(-1)?.outcome === null) return null;
    const incident = { at: now, what, outcome: null };
    this.#keep([...this.#incidents, incident]);
    return incident;
  }

  /** The open incident ended, and how; `{ms}` becomes how long it took. Returns it, or null when none is open. */
  settle(outcome: string, now: number): Incident | null {
    const last = this.#incidents.at(-1);
    if (last?.outcome !== null) return null;
    const incident = { ...last, outcome: outcome.replace('{ms}', `${now - last.at} ms`) };
    this.#keep([...this.#incidents.slice(0, -1), incident]);
    return incident;
  }

  #keep(incidents: readonly Incident[]): void {
    this.#incidents = incidents.slice(-KEPT);
    this.#store?.set(this.#key, this.#incidents).catch((error: unknown) => {
      this.#log.warn({ error }, 'incidents could not be kept');
    });
  }
}
