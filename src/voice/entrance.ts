import { EventEmitter } from 'node:events';
import { later } from '../lib/time.ts';
import type { GuildDoor } from './guild-door.ts';
import type { GuildLine } from './guild-line.ts';
import { StepDeadline } from './join-steps.ts';
import { TROUBLES, type Trouble } from './troubles.ts';
import type { VoiceLink } from './voice-link.ts';
import type { VoiceMachine } from './voice-machine.ts';
import type { VoiceOptions } from './voice-options.ts';

interface EntranceEvents {
  /** Nothing can be sent now; what was to be done when something can. */
  'gateway-down': [leaveFirst: boolean];
  /** A fresh session is asked for. */
  tried: [];
  /** Here is the link that will be ready or not. */
  link: [VoiceLink];
  /** A step of the join took too long. */
  late: [Trouble];
  /** There is no way in, and none by trying. */
  closed: [Trouble];
  /** The channel is not there any more. */
  'channel-deleted': [];
}

export interface EntranceParts {
  readonly machine: VoiceMachine;
  readonly door: GuildDoor;
  readonly line: GuildLine;
  readonly options: VoiceOptions;
}

/** The way into a channel: the guild's turn, what was there before left, op 4, and a deadline for each step. */
export class Entrance extends EventEmitter<EntranceEvents> {
  readonly #parts: EntranceParts;
  readonly #step = new StepDeadline();

  constructor(parts: EntranceParts) {
    super();
    this.#parts = parts;
  }

  /** Tries once. `leaveFirst`: what Discord thinks of us may be wrong, so it begins from nothing. */
  enter(leaveFirst: boolean): void {
    const { machine, door } = this.#parts;
    if (door.exists && !door.ready) return void this.emit('gateway-down', leaveFirst);
    const turn = new AbortController();
    const waitMs = door.takeTurn(leaveFirst ? 2 : 1, turn.signal, () => this.start(leaveFirst));
    if (waitMs === 0) return;
    const { state } = machine;
    // A first join stays what it is; what comes back says when.
    const life = 'until' in state ? machine.recover(state.reason, waitMs) : machine.signal;
    life.addEventListener('abort', () => turn.abort(), { once: true });
  }

  /** A join is under way that nobody here asked for: the library follows Discord to another voice server. */
  follow(): void {
    this.#expire(this.#parts.machine.join());
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#step.end();
  }

  /** It is the guild's turn. */
  start(leaveFirst: boolean): void {
    const { machine, door } = this.#parts;
    const life = machine.state.status === 'joining' ? machine.signal : machine.join();
    if (!door.exists) return void this.emit('closed', TROUBLES.notInGuild);
    if (!door.leadsTo(machine.channelId)) return void this.emit('channel-deleted');
    if (!door.admitsTo(machine.channelId)) return void this.emit('closed', TROUBLES.forbidden);
    this.emit('tried');
    this.#expire(life);
    if (!leaveFirst) return this.#open();
    void door.leave(life).then(() => {
      if (!life.aborted) this.#open();
    });
  }

  #open(): void {
    const { machine, door, line } = this.#parts;
    const link = door.link(machine.channelId);
    if (link === null) return void this.emit('closed', TROUBLES.notInGuild);
    line.use(link);
    const late = (trouble: Trouble) => void this.emit('late', trouble);
    link.on('step', (step) => this.#step.begin(step, machine.signal, late));
    this.emit('link', link);
    this.#step.begin('asked', machine.signal, late);
    if (!link.open()) this.emit('gateway-down', false);
  }

  #expire(life: AbortSignal): void {
    later(this.#parts.options.joinDeadlineMs, life, () => this.emit('late', TROUBLES.notJoined));
  }
}
