import type { DatagramCounts } from './datagram-kinds.ts';
import type { UdpPath } from './udp-probe.ts';
import type { DaveReport } from './voice-reports.ts';

/** What the voice socket shows of being alive. */
export interface HeartbeatEvidence {
  /** What the voice server asked for; null before it did. */
  readonly intervalMs: number | null;
  /** Heartbeats sent since the last answer. */
  readonly missed: number;
  /** When the last answer came, in milliseconds since 1970; 0 before the first. */
  readonly answeredAt: number;
}

/** What end-to-end encryption shows. https://daveprotocol.com */
export interface DaveEvidence extends DaveReport {
  /** The newest transition that was prepared and is not executed. The library keeps superseded ones too. */
  readonly preparedTransition: number | null;
  /** Transitions executed so far. */
  readonly executedTransitions: number;
  /** Commits and welcomes that could not be used so far. */
  readonly failures: number;
}

/** What can be measured of a link now; cheap enough for every guild every second. */
export interface LinkEvidence {
  /** Frames handed to the network. */
  readonly framesSent: number;
  /** Host of the voice server. */
  readonly endpoint: string | null;
  /** Transport encryption, as Discord names it. */
  readonly encryption: string | null;
  /** Round trip of the last voice heartbeat in milliseconds. */
  readonly pingMs: number | null;
  readonly heartbeat: HeartbeatEvidence;
  /** Null before there is a UDP socket. */
  readonly datagrams: DatagramCounts | null;
  readonly udp: UdpPath;
  readonly dave: DaveEvidence | null;
}

/** What one look at a guild's voice gives. */
export interface Evidence {
  readonly link: LinkEvidence;
  /** A player's frames should be leaving. */
  readonly playing: boolean;
  readonly paused: boolean;
  /** Why nobody would hear the bot although frames leave. */
  readonly silence: 'muted' | 'suppressed' | null;
  /** People in the channel. */
  readonly listeners: number;
}
