import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { DaveMember } from './dave-member.ts';

const DEADLINE_MS = 2_000;
/** How often a transition that is held looks whether it still is. */
const LOOK_EVERY_MS = 50;

/** Which members have yet to say that they are ready for a new epoch, and when it is executed all the same. */
export class Transitions {
  #last = 0;
  readonly #executed: () => void;
  readonly #held: () => boolean;
  readonly #open = new Map<
    number,
    { readonly told: readonly DaveMember[]; readonly waiting: Set<string>; readonly timer: NodeJS.Timeout }
  >();

  constructor(executed: () => void, held = () => false) {
    this.#executed = executed;
    this.#held = held;
  }

  /** True while members may be in different epochs. */
  get open(): boolean {
    return this.#open.size > 0;
  }

  /** An id that is not 0, which is for (re)initialization. */
  next(): number {
    this.#last = (this.#last % 0xffff) + 1;
    return this.#last;
  }

  /** Op 22 goes to these members when all clients among them have said op 23, or after two seconds. */
  begin(id: number, told: readonly DaveMember[]): void {
    const waiting = new Set(told.filter(({ local }) => !local).map(({ userId }) => userId));
    const timer = this.#executeAfter(DEADLINE_MS, id);
    this.#open.set(id, { told, waiting, timer });
    if (waiting.size === 0) this.#execute(id);
  }

  /** Op 23, or the member is gone. */
  ready(userId: string, id: number): void {
    const transition = this.#open.get(id);
    if (transition?.waiting.delete(userId) && transition.waiting.size === 0) this.#execute(id);
  }

  left(userId: string): void {
    for (const id of this.#open.keys()) this.ready(userId, id);
  }

  clear(): void {
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
  }

  #executeAfter(ms: number, id: number): NodeJS.Timeout {
    return setTimeout(() => this.#execute(id), ms).unref();
  }

  #execute(id: number): void {
    const transition = this.#open.get(id);
    if (!transition) return;
    clearTimeout(transition.timer);
    if (this.#held()) {
      this.#open.set(id, { ...transition, timer: this.#executeAfter(LOOK_EVERY_MS, id) });
      return;
    }
    this.#open.delete(id);
    this.#executed();
    for (const member of transition.told) member.tell(VoiceOpcodes.DaveExecuteTransition, { transition_id: id });
  }
}
