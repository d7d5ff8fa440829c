import { DEFAULT_POLICY, type ReconnectPolicy } from './reconnect-policy.ts';

/** How voice behaves; times in milliseconds. The library has no deadline of its own anywhere, so each wait has one here. */
export interface VoiceOptions {
  readonly policy: ReconnectPolicy;
  /** From op 4 to frames that can be heard. */
  readonly joinDeadlineMs: number;
  /** How long a person who asked for a join waits for it, tries and waits together. */
  readonly joinPatienceMs: number;
  /** From the close of a socket to the session resumed. */
  readonly resumeDeadlineMs: number;
  /** Resumes within `resumeWindowMs`; one more, and a fresh session is made. The library would go on for ever. */
  readonly maxResumes: number;
  readonly resumeWindowMs: number;
  /** After an ambiguous close: how long Discord has to say what happened to our place. */
  readonly evidenceMs: number;
  /** After we were taken out of a channel: how long Discord has to say that the channel was deleted. */
  readonly removalEvidenceMs: number;
  /** How long leaving waits for Discord's word. */
  readonly leaveDeadlineMs: number;
  /** How long after an unanswered leaving its answer may still come. */
  readonly echoMs: number;
  /** How long the first frame waits for end-to-end encryption when nobody else is in the call, as far as its server has said. */
  readonly encryptionGraceMs: number;
  /** The same when somebody is, who could not understand it. */
  readonly encryptionPatienceMs: number;
  /** A player plays, the connection says ready, and no frame leaves for this long: it is made anew. */
  readonly stuckAfterMs: number;
  /** Somebody listens, and there is no end-to-end encryption for this long although there should be: it is made anew. */
  readonly daveStuckAfterMs: number;
  /** Op 4 a minute for coming back, all guilds together. Discord takes 120 messages a minute on a shard, and people join too. */
  readonly recoverySendsPerMinute: number;
  /** The same a second, so that not all guilds shake hands at once. */
  readonly recoverySendsPerSecond: number;
  /**
   * The same within `recoveryStepMs`, when more of them wait than one minute takes. Were a minute's share sent at once, a delay of
   * seconds on the way would bring two of them into one minute of Discord's, which closes the main gateway for that (4008).
   */
  readonly recoveryStep: number;
  readonly recoveryStepMs: number;
  /** So many guilds that fail within `herdWindowMs` mean that voice is out everywhere: the others wait, and one at a time probes. */
  readonly herdGuilds: number;
  readonly herdWindowMs: number;
  /** Before the first probe; each later one waits twice as long as the one before it, up to the cap. */
  readonly probeDelayMs: number;
  readonly probeCapMs: number;
  /** 0.3: up to 30 % less or more, applied after the cap. */
  readonly probeJitter: number;
  /** A probe of which nothing is heard for this long has failed. */
  readonly probeDeadlineMs: number;
  /** Look whether the main gateway is back, beside being told. */
  readonly gatewayPollMs: number;
  /** What happened to voice so soon after the loss of the main gateway happened because of it. */
  readonly gatewayShadowMs: number;
  /** So long after a new main gateway session Discord may still forget the old one, and take us out of voice with it. */
  readonly sessionLapseMs: number;
}

export const DEFAULT_VOICE_OPTIONS: VoiceOptions = {
  policy: DEFAULT_POLICY,
  joinDeadlineMs: 10_000,
  joinPatienceMs: 20_000,
  resumeDeadlineMs: 5_000,
  maxResumes: 3,
  resumeWindowMs: 60_000,
  evidenceMs: 5_000,
  removalEvidenceMs: 300,
  leaveDeadlineMs: 1_500,
  echoMs: 5_000,
  encryptionGraceMs: 1_000,
  encryptionPatienceMs: 5_000,
  stuckAfterMs: 5_000,
  daveStuckAfterMs: 8_000,
  recoverySendsPerMinute: 104,
  recoverySendsPerSecond: 20,
  recoveryStep: 10,
  recoveryStepMs: 4_000,
  herdGuilds: 10,
  herdWindowMs: 10_000,
  probeDelayMs: 1_000,
  probeCapMs: 10_000,
  probeJitter: 0.3,
  probeDeadlineMs: 15_000,
  gatewayPollMs: 5_000,
  gatewayShadowMs: 60_000,
  sessionLapseMs: 5 * 60_000,
};
