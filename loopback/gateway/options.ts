/** How the gateway behaves, in full. */
export interface GatewayRules {
  readonly heartbeatIntervalMs: number;
  /** How long a session without a socket can be resumed, and its bot stays in voice. Discord publishes no figure. */
  readonly resumableMs: number;
  /** How many events a session keeps for a resume. */
  readonly replayCapacity: number;
  /** One identify in this time; a second is answered by op 9. */
  readonly identifyWindowMs: number;
  /** Identifies a day. */
  readonly sessionStarts: number;
  /** How many payloads a connection may send in `windowMs`; one more closes with 4008. */
  readonly sendLimit: { readonly count: number; readonly windowMs: number };
  /** The privileged intents that applications were allowed, as intent bits. */
  readonly privilegedIntents: number;
}

/** What is left out is as Discord has it. */
export type GatewayOptions = Partial<GatewayRules>;

export const DISCORDS_RULES: GatewayRules = {
  heartbeatIntervalMs: 41_250,
  resumableMs: 120_000,
  replayCapacity: 1_000,
  identifyWindowMs: 5_000,
  sessionStarts: 1_000,
  sendLimit: { count: 120, windowMs: 60_000 },
  privilegedIntents: 0,
};
