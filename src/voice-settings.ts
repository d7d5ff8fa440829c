import type { Config } from './config.ts';
import { DEFAULT_POLICY } from './voice/reconnect-policy.ts';
import type { VoiceOptions } from './voice/voice-options.ts';

const SECOND_MS = 1_000;

/** How voice behaves, as the operator has set it. What bounds the load on Discord (op 4 a minute) is no setting. */
export function voiceOptionsOf(config: Config): Partial<VoiceOptions> {
  return {
    joinDeadlineMs: config.voiceJoinDeadlineMs,
    evidenceMs: config.voiceEvidenceMs,
    policy: {
      ...DEFAULT_POLICY,
      attempts: config.voiceReconnectAttempts,
      baseDelayMs: config.voiceBackoffBaseMs,
      capMs: config.voiceBackoffCapMs,
      jitter: config.voiceBackoffJitterPercent / 100,
      cooldownsMs: config.voiceCooldownsS.map((seconds) => seconds * SECOND_MS),
      stableAfterMs: config.voiceStableAfterMs,
    },
  };
}
