import { later } from '../lib/time.ts';
import { TROUBLES, type Trouble } from './troubles.ts';

/** Where a join is, in the order of the protocol. https://docs.discord.com/developers/topics/voice-connections */
export type JoinStep = 'asked' | 'connecting' | 'identifying' | 'discovering' | 'selecting';

interface Row {
  readonly deadlineMs: number;
  /** What is the matter when the next step does not come within the deadline. */
  readonly late: Trouble;
}

/** The library waits for ever in each of these steps, so each has a deadline here. */
export const JOIN_STEPS: Readonly<Record<JoinStep, Row>> = {
  /** Op 4 is out; VOICE_STATE_UPDATE and VOICE_SERVER_UPDATE should come. */
  asked: { deadlineMs: 5_000, late: TROUBLES.notAnswered },
  /** TCP, TLS, and the upgrade to a WebSocket. */
  connecting: { deadlineMs: 5_000, late: TROUBLES.notReached },
  /** Identify is out; Ready should come. */
  identifying: { deadlineMs: 5_000, late: TROUBLES.notAccepted },
  /** IP discovery is out; its answer should come by UDP. */
  discovering: { deadlineMs: 5_000, late: TROUBLES.noDatagrams },
  /** Select Protocol is out; the session description should come. */
  selecting: { deadlineMs: 5_000, late: TROUBLES.notDescribed },
};

/** The deadline of the step that a join is in. */
export class StepDeadline {
  #step = new AbortController();

  /** The join has come to a step: the deadline of the one before is off. Ends with `life`. */
  begin(step: JoinStep, life: AbortSignal, late: (trouble: Trouble) => void): void {
    this.#step.abort();
    this.#step = new AbortController();
    const { deadlineMs, late: trouble } = JOIN_STEPS[step];
    later(deadlineMs, AbortSignal.any([life, this.#step.signal]), () => late(trouble));
  }

  /** No step is waited for any more. */
  end(): void {
    this.#step.abort();
  }
}
