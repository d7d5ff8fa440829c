import type { Traps } from '../traps.ts';
import type { EventTrick, Told } from './event-tricks.ts';
import type { Identity } from './identify.ts';
import { GatewaySession } from './session.ts';

/** All gateway sessions, attached or waiting to be resumed. One that nobody resumes in time ends by itself. */
export class Sessions {
  readonly byId = new Map<string, GatewaySession>();
  readonly #expiries = new Map<string, NodeJS.Timeout>();
  readonly #rules: { readonly resumableMs: number; readonly replayCapacity: number };
  readonly #tricks: Traps<Told, EventTrick>;
  readonly #ended: (session: GatewaySession) => void;

  constructor(
    rules: { readonly resumableMs: number; readonly replayCapacity: number },
    tricks: Traps<Told, EventTrick>,
    ended: (session: GatewaySession) => void,
  ) {
    this.#rules = rules;
    this.#tricks = tricks;
    this.#ended = ended;
  }

  begin(identity: Identity): GatewaySession {
    const id = crypto.randomUUID().replaceAll('-', '');
    const session = new GatewaySession({ ...identity, id, capacity: this.#rules.replayCapacity, tricks: this.#tricks });
    this.byId.set(id, session);
    return session;
  }

  /** The session got a socket (again). */
  keep(session: GatewaySession): void {
    clearTimeout(this.#expiries.get(session.id));
    this.#expiries.delete(session.id);
  }

  /** The session lost its socket and waits for a resume. */
  detach(session: GatewaySession): void {
    session.detach();
    if (!this.byId.has(session.id)) return;
    this.#expiries.set(
      session.id,
      setTimeout(() => this.end(session), this.#rules.resumableMs),
    );
  }

  /** The session is over; told once. */
  end(session: GatewaySession): void {
    this.keep(session);
    session.detach();
    if (this.byId.delete(session.id)) this.#ended(session);
  }

  /** Forgets all, telling nobody. */
  clear(): void {
    for (const timer of this.#expiries.values()) clearTimeout(timer);
    this.#expiries.clear();
    this.byId.clear();
  }
}
