import { TROUBLES, type Trouble } from './troubles.ts';

/** What the monitor makes of a guild's connection. */
export type Verdict =
  /** Frames leave, or would. */
  | 'healthy'
  /** Nothing is played. */
  | 'quiet'
  | 'paused'
  /** A moderator muted the bot. */
  | 'muted'
  /** The bot is in the audience of a stage, or may not speak. */
  | 'suppressed'
  /** Nobody is there to listen. */
  | 'alone'
  /** A player plays, the connection says ready, and nothing leaves. */
  | 'silent-stuck'
  /** Heartbeats of the voice socket are not answered. */
  | 'link-down'
  /** Datagrams do not come back from the voice server any more, or come to it from elsewhere than it was told. */
  | 'udp-lost'
  /** End-to-end encryption does not come about, or a transition is never executed. */
  | 'dave-stuck'
  /** The process itself did not run for a while. */
  | 'process-stalled';

/** `resume`: the session is worth keeping, and only its socket is made anew; `rejoin`: nothing of it is. */
export type MonitorRemedy = 'resume' | 'rejoin';

interface Fine {
  readonly remedy: 'none';
  /** How loudly the log says it. */
  readonly level: 'info' | 'warn';
}

interface Ill {
  readonly remedy: MonitorRemedy;
  readonly level: 'warn';
  readonly trouble: Trouble;
  /** The remedy is not applied again before this has passed: what it did not help against, it need not be heard for. */
  readonly restMs: number;
}

const QUARTER_OF_AN_HOUR_MS = 15 * 60_000;

const fine: Fine = { remedy: 'none', level: 'info' };
const ill = (remedy: MonitorRemedy, trouble: Trouble, restMs = 0): Ill => ({ remedy, level: 'warn', trouble, restMs });

/** What follows from each verdict, one row each. */
export const VERDICTS: Readonly<Record<Verdict, Fine | Ill>> = {
  healthy: fine,
  quiet: fine,
  paused: fine,
  muted: fine,
  suppressed: fine,
  alone: fine,
  'process-stalled': { remedy: 'none', level: 'warn' },
  'link-down': ill('resume', TROUBLES.noHeartbeats),
  'silent-stuck': ill('rejoin', TROUBLES.nothingLeaves),
  'dave-stuck': ill('rejoin', TROUBLES.notEncrypted),
  // The evidence is indirect: a server may stop answering probes and still take the sound.
  'udp-lost': ill('rejoin', TROUBLES.datagramsLost, QUARTER_OF_AN_HOUR_MS),
};
