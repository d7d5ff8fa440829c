import { Machine } from '../lib/machine.ts';
import { LEGAL, type VoiceState } from './voice-state.ts';

/** The machine of a guild's voice, and the channel that it is about. Each step returns the lifetime of the state it enters. */
export class VoiceMachine extends Machine<VoiceState> {
  /** Where we are or want to be. */
  channelId = '';
  readonly #now: () => number;
  readonly #attempt: () => number;

  constructor(now: () => number, attempt: () => number) {
    super({ status: 'idle' }, LEGAL);
    this.#now = now;
    this.#attempt = attempt;
  }

  join(): AbortSignal {
    return this.to({ status: 'joining', channelId: this.channelId, attempt: this.#attempt() });
  }

  arrive(since = this.#now()): AbortSignal {
    return this.to({ status: 'ready', channelId: this.channelId, since });
  }

  resume(reason: string): AbortSignal {
    return this.to({ status: 'resuming', channelId: this.channelId, reason });
  }

  decide(reason: string): AbortSignal {
    return this.to({ status: 'deciding', channelId: this.channelId, reason });
  }

  recover(reason: string, waitMs: number | null): AbortSignal {
    const until = waitMs === null ? null : this.#now() + waitMs;
    return this.to({ status: 'recovering', channelId: this.channelId, reason, attempt: this.#attempt(), until });
  }

  coolDown(reason: string, waitMs: number): AbortSignal {
    return this.to({ status: 'cooling-down', channelId: this.channelId, reason, until: this.#now() + waitMs });
  }
}
