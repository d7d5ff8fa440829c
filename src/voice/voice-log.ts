import type { Logger } from 'pino';
import type { CloseCode } from './close-codes.ts';
import type { Incident } from './voice-reports.ts';
import type { VoiceState } from './voice-state.ts';

/** How loud a state is: what mends itself is a warning, what an operator must look at is an error. */
const LEVELS = { failed: 'error', 'cooling-down': 'warn', recovering: 'warn' } as const;
const SEVERITIES = { routine: 'info', fault: 'warn', fatal: 'error' } as const;

/** The lines about one guild's voice, one for each step of its life, all with the same field names so that they can be searched. */
export class VoiceLog {
  readonly #log: Logger;
  readonly #incident: () => Incident | null;

  /** `log` carries the guild's id. */
  constructor(log: Logger, incident: () => Incident | null) {
    this.#log = log;
    this.#incident = incident;
  }

  /** Voice has come into another state. */
  changed(next: VoiceState, previous: VoiceState, latencyMs: number | null): void {
    const level = next.status in LEVELS ? LEVELS[next.status as keyof typeof LEVELS] : 'info';
    const reason = 'reason' in next ? { reason: next.reason } : {};
    const until = 'until' in next ? { until: next.until } : {};
    this.#log[level]({ ...this.#fields(next, latencyMs), from: previous.status, ...reason, ...until }, 'voice state');
  }

  /** The voice socket was closed. */
  closed({ code, name, severity, remedy, operators }: CloseCode, state: VoiceState): void {
    const fields = { close_code: code, name, remedy, means: operators };
    this.#log[SEVERITIES[severity]]({ ...this.#fields(state, null), ...fields }, 'voice closed');
  }

  /** An incident began, went on or ended. */
  incident({ id, code, name, reason, attempts, at, endedAt, result }: Incident): void {
    const lasted = endedAt === null ? {} : { lasted_ms: endedAt - at };
    const fields = { incident_id: id, close_code: code, name, reason, attempt: attempts, result, ...lasted };
    this.#log.info(fields, result === 'open' ? 'voice incident' : 'voice incident over');
  }

  #fields(state: VoiceState, latencyMs: number | null) {
    return {
      state: state.status,
      channel_id: 'channelId' in state ? state.channelId : undefined,
      attempt: 'attempt' in state ? state.attempt : undefined,
      latency_ms: latencyMs ?? undefined,
      incident_id: this.#incident()?.id,
    };
  }
}
