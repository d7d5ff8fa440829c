import type { DaveEvidence, Evidence } from './link-evidence.ts';
import type { Verdict } from './verdicts.ts';

/** Looks should come about this often. */
export const LOOK_EVERY_MS = 1_000;
/** A look that comes so much later means that the process did not run. */
const STALL_MS = 1_000;
const MISSED_HEARTBEATS = 2;
const UNANSWERED_INTERVALS = 2.5;
/** A transition is executed when all members have said that they are ready for it, which takes a few round trips. */
const TRANSITION_MS = 10_000;

/** How long what should happen may take. */
export interface Limits {
  readonly stuckAfterMs: number;
  readonly daveStuckAfterMs: number;
}

/** Since when things are as they are, over the looks so far. Milliseconds since 1970. */
export interface Clocks {
  readonly lookedAt: number;
  /** The first look, or the first after a stall. */
  readonly begunAt: number;
  readonly framesSent: number;
  /** When a frame was last seen to have left, or none had to. */
  readonly soundAt: number;
  /** When encryption was last seen to be as it should. */
  readonly groupAt: number;
  readonly executedTransitions: number;
  readonly preparedTransition: number | null;
  /** When that was first seen; Infinity when another one was executed after it, so that nobody waits for it. */
  readonly preparedAt: number;
}

/** The clocks of a connection that is looked at for the first time. */
export function begin({ link }: Evidence, now: number): Clocks {
  return {
    lookedAt: now,
    begunAt: now,
    framesSent: link.framesSent,
    soundAt: now,
    groupAt: now,
    executedTransitions: link.dave?.executedTransitions ?? 0,
    preparedTransition: link.dave?.preparedTransition ?? null,
    preparedAt: now,
  };
}

/** A verdict from one more look. After a stall every clock begins anew: what waited for us is not what failed us. */
export function judge(
  evidence: Evidence,
  now: number,
  before: Clocks,
  limits: Limits,
): { readonly verdict: Verdict; readonly clocks: Clocks } {
  const clocks = advance(evidence, now, before);
  const awayMs = Math.abs(now - before.lookedAt - LOOK_EVERY_MS);
  if (awayMs > STALL_MS) return { verdict: 'process-stalled', clocks: anew(clocks) };
  const verdict = RULES.find(([, applies]) => applies(evidence, clocks, limits))?.[0] ?? 'healthy';
  return { verdict, clocks };
}

type Rule = readonly [Verdict, applies: (evidence: Evidence, clocks: Clocks, limits: Limits) => boolean];

/** The first that applies decides: what makes all else moot stands before it. */
const RULES: readonly Rule[] = [
  ['link-down', isDown],
  ['dave-stuck', isUnencrypted],
  ['paused', ({ paused }) => paused],
  ['quiet', ({ playing }) => !playing],
  ['udp-lost', ({ link }) => link.udp === 'silent'],
  ['muted', ({ silence }) => silence === 'muted'],
  ['suppressed', ({ silence }) => silence === 'suppressed'],
  ['silent-stuck', (_, { lookedAt, soundAt }, { stuckAfterMs }) => lookedAt - soundAt >= stuckAfterMs],
  ['alone', ({ listeners }) => listeners === 0],
];

function isDown({ link: { heartbeat } }: Evidence, { lookedAt, begunAt }: Clocks): boolean {
  const { intervalMs, missed, answeredAt } = heartbeat;
  if (intervalMs === null) return false;
  const silentMs = lookedAt - Math.max(answeredAt, begunAt);
  // An answer that has come may be read only after this look, so none is called missing before it had a while.
  const patienceMs = Math.max(intervalMs, LOOK_EVERY_MS);
  return (missed >= MISSED_HEARTBEATS && silentMs >= patienceMs) || silentMs > UNANSWERED_INTERVALS * patienceMs;
}

function isUnencrypted({ listeners }: Evidence, clocks: Clocks, { daveStuckAfterMs }: Limits): boolean {
  if (listeners === 0) return false;
  const { lookedAt, groupAt, preparedAt, preparedTransition } = clocks;
  const isTransitionStuck = preparedTransition !== null && lookedAt - preparedAt >= TRANSITION_MS;
  return isTransitionStuck || lookedAt - groupAt >= daveStuckAfterMs;
}

function advance({ link, playing, silence, listeners }: Evidence, now: number, before: Clocks): Clocks {
  const { framesSent, dave } = link;
  const mayRest = !playing || silence !== null;
  const lacksGroup = dave !== null && dave.version > 0 && !dave.encrypted && listeners > 0;
  return {
    lookedAt: now,
    begunAt: before.begunAt,
    framesSent,
    soundAt: mayRest || framesSent !== before.framesSent ? now : before.soundAt,
    groupAt: lacksGroup ? before.groupAt : now,
    executedTransitions: dave?.executedTransitions ?? 0,
    preparedTransition: dave?.preparedTransition ?? null,
    preparedAt: preparedAt(dave, now, before),
  };
}

function preparedAt(dave: DaveEvidence | null, now: number, before: Clocks): number {
  if (dave === null || dave.preparedTransition !== before.preparedTransition) return now;
  return dave.executedTransitions === before.executedTransitions ? before.preparedAt : Infinity;
}

function anew(clocks: Clocks): Clocks {
  const { lookedAt, preparedAt } = clocks;
  const begun = { begunAt: lookedAt, soundAt: lookedAt, groupAt: lookedAt };
  return { ...clocks, ...begun, preparedAt: preparedAt === Infinity ? Infinity : lookedAt };
}
