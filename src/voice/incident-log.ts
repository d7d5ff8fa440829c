import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Store } from '../storage/store.ts';
import type { Trouble } from './troubles.ts';
import type { Incident, IncidentResult } from './voice-reports.ts';

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

  /** The one that is not settled yet. */
  get current(): Incident | null {
    const last = this.#incidents.at(-1);
    return last?.result === 'open' ? last : null;
  }

  /** Puts what an earlier process kept before what happened in this one. */
  async recall(): Promise<void> {
    try {
      const earlier = (await this.#store?.get<readonly Incident[]>(this.#key)) ?? [];
      // What earlier versions wrote has no result, and nothing depends on it.
      const ended = earlier
        .filter(({ result }) => typeof result === 'string')
        .map((incident): Incident => (incident.result === 'open' ? { ...incident, result: 'interrupted' } : incident));
      this.#incidents = [...ended, ...this.#incidents].slice(-KEPT);
    } catch (error) {
      this.#log.warn({ error }, 'earlier incidents could not be read');
    }
  }

  /** Something happened: a new incident, or the latest reason of the open one. Returns it when that is news, else null. */
  note({ code, name, sentence }: Trouble, now: number): Incident | null {
    const { current } = this;
    if (current?.reason === sentence) return null;
    if (current) return this.#amend({ ...current, reason: sentence });
    const id = randomBytes(4).toString('hex');
    const begun = { id, at: now, code, name, what: sentence, reason: sentence, attempts: 0 };
    const incident: Incident = { ...begun, endedAt: null, result: 'open' };
    this.#keep([...this.#incidents, incident]);
    return incident;
  }

  /** A fresh session is asked for. Returns the open incident, if there is one. */
  tried(): Incident | null {
    const { current } = this;
    return current && this.#amend({ ...current, attempts: current.attempts + 1 });
  }

  /** The open incident ended, and how. Returns it, or null when none is open. */
  settle(result: Exclude<IncidentResult, 'open'>, now: number): Incident | null {
    const { current } = this;
    return current && this.#amend({ ...current, endedAt: now, result });
  }

  #amend(incident: Incident): Incident {
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
