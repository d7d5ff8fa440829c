import { EventEmitter } from 'node:events';
import { later } from '../lib/time.ts';
import type { Attempts } from './attempts.ts';
import type { Remedy } from './close-codes.ts';
import { Entrance, type EntranceParts } from './entrance.ts';
import type { Manner } from './reconnect-policy.ts';
import type { RecoveryPacer } from './recovery-pacer.ts';
import { TROUBLES, type Trouble } from './troubles.ts';
import type { VoiceLink } from './voice-link.ts';
import type { IncidentResult } from './voice-reports.ts';
import type { VoiceState } from './voice-state.ts';

/** How a close that is followed by another try is followed. */
export const MANNERS = {
  resume: 'at-once',
  rejoin: 'at-once',
  'rejoin-carefully': 'careful',
  'cool-down': 'cool-down',
} as const satisfies Partial<Record<Remedy, Manner>>;

export type Outcome = Exclude<IncidentResult, 'open'>;

interface RecoveryEvents {
  /** Something happened to the connection. */
  trouble: [Trouble];
  /** A fresh session is asked for. */
  tried: [];
  /** Here is the link that will be ready or not. */
  link: [VoiceLink];
  /** The channel is not there any more. */
  'channel-deleted': [];
  /** The trouble is over, and how. */
  over: [Outcome];
}

export interface RecoveryParts extends EntranceParts {
  readonly guildId: string;
  readonly attempts: Attempts;
  readonly pacer: RecoveryPacer;
  /** True while somebody waits to be joined. */
  readonly awaited: () => boolean;
}

/** What follows when a connection was lost or not made: another try, a wait, or the end. */
export class Recovery extends EventEmitter<RecoveryEvents> {
  readonly entrance: Entrance;
  readonly #parts: RecoveryParts;

  constructor(parts: RecoveryParts) {
    super();
    this.#parts = parts;
    this.entrance = new Entrance(parts);
    this.entrance.on('tried', () => this.emit('tried'));
    this.entrance.on('link', (link) => this.emit('link', link));
    this.entrance.on('late', (trouble) => this.lost(trouble));
    this.entrance.on('gateway-down', (leaveFirst) => this.#awaitGateway(leaveFirst));
    this.entrance.on('closed', (trouble) => this.fail(trouble));
    this.entrance.on('channel-deleted', () => this.emit('channel-deleted'));
  }

  /** The link is of no use any more; what now is the policy's word. */
  lost(trouble: Trouble, manner: Manner = 'at-once'): void {
    const { pacer, guildId, awaited, attempts, door, line, options } = this.#parts;
    const unserved = line.link?.served === false;
    this.drop(trouble);
    pacer.failed(guildId);
    // What fails everywhere says nothing about this guild: it waits for voice to be back, and that is no attempt. For a
    // person who waits it tries on, but by the policy.
    if (pacer.outage && !awaited()) return this.#tryAfter(door.waitMs(unserved ? 2 : 1), trouble, unserved);
    const step = attempts.fail(manner);
    if (step.kind === 'give-up') return this.fail(trouble);
    if (step.kind === 'cool-down') return this.coolDown(trouble.sentence, step.delayMs);
    // A place that Discord did not serve, and the last try, begin from nothing.
    const leaveFirst = unserved || attempts.current === options.policy.attempts;
    this.#tryAfter(Math.max(step.delayMs, door.waitMs(leaveFirst ? 2 : 1)), trouble, leaveFirst);
  }

  /** A person wants a new connection, past a cool-down and every wait between tries. What stands is left first. */
  renew(): void {
    const leaveFirst = this.#parts.line.link !== null;
    this.#parts.attempts.ask();
    this.drop(TROUBLES.askedFor);
    this.#tryAfter(0, TROUBLES.askedFor, leaveFirst);
  }

  /** It is the guild's turn to make anew what still stands, but will not for long: no failure, so no try is counted. */
  replace(trouble: Trouble): void {
    if (this.#parts.door.waitMs(1) > 0) return;
    this.drop(trouble);
    this.entrance.start(false);
  }

  /** Sends nothing for a while. */
  coolDown(reason: string, delayMs: number): void {
    const waitMs = Math.max(delayMs, this.#parts.door.waitMs(2));
    later(waitMs, this.#parts.machine.coolDown(reason, waitMs), () => this.entrance.enter(true));
  }

  /** Nothing gets better by trying. */
  fail(trouble: Trouble): void {
    const { door } = this.#parts;
    void door.leave(this.finish({ status: 'failed', reason: trouble.sentence }, trouble, 'gave-up'));
  }

  /** Ends the connection in a state that only a person leads out of; returns that state's lifetime. */
  finish(end: VoiceState, trouble: Trouble, outcome: Outcome): AbortSignal {
    this.drop(trouble);
    const life = this.#parts.machine.to(end);
    this.emit('over', outcome);
    return life;
  }

  /** The link goes, and the player waits where it is. */
  drop(trouble: Trouble): void {
    this.entrance.end();
    this.#parts.line.drop();
    this.emit('trouble', trouble);
  }

  #tryAfter(delayMs: number, { sentence }: Trouble, leaveFirst: boolean): void {
    later(delayMs, this.#parts.machine.recover(sentence, delayMs), () => this.entrance.enter(leaveFirst));
  }

  /** Nothing can be sent now. It goes on when the main gateway is back, and that is no attempt. */
  #awaitGateway(leaveFirst: boolean): void {
    const { machine, door, options } = this.#parts;
    this.drop(TROUBLES.gatewayDown);
    const life = machine.recover(TROUBLES.gatewayDown.sentence, null);
    door.awaitGateway(options.gatewayPollMs, life, () => this.entrance.enter(leaveFirst));
  }
}
