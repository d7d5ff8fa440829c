import type { EventEmitter } from 'node:events';
import type { Ears } from '../ears.ts';
import type { DaveFaults } from './dave-faults.ts';
import type { DiscoveryAnswer } from './datagram-door.ts';
import type { DatagramKind } from './datagrams.ts';
import type { EncryptionMode } from './rtp.ts';
import type { SignallingFaults } from './signalling-faults.ts';
import type { Front } from './weather.ts';

/** What the main gateway asks of the voice servers. Implemented by voice/server.ts. */
export interface VoiceService {
  /** `127.0.0.1:PORT`, as it stands in VOICE_SERVER_UPDATE. */
  readonly endpoint: string;
  /**
   * A member of a guild's voice is about to connect (or its channel changed): returns the token that its voice identify
   * must carry. An earlier token of the same member stops being valid.
   */
  admit(member: {
    readonly guildId: string;
    readonly channelId: string;
    readonly userId: string;
    readonly sessionId: string;
  }): string;
  /**
   * The member left or was removed: its voice session ends, with `code` (4014 as Discord does) when it is still connected.
   * null: a connection stays open until it is lost, and nothing can be resumed.
   */
  dismiss(guildId: string, userId: string, code?: number | null): void;
  /**
   * Everyone who is in the channel now, so that listeners hear and DAVE groups have the right members. `audible` are those of
   * them who may speak and are not muted, by themselves or by others; left out, all are.
   */
  members(guildId: string, channelId: string, userIds: readonly string[], audible?: readonly string[]): void;
}

/** How the voice servers are set up. Only the certificate and who is a person must be given. */
export interface VoiceOptions {
  /** What `ensureCertificateAuthority` made. */
  readonly tls: { readonly serverKeyPem: string; readonly serverCertPem: string };
  /** True for people, whose ears live in this process; false for bots, which connect by themselves. */
  readonly isPerson: (userId: string) => boolean;
  /** True for stage channels, which have no end-to-end encryption. Default: there are none. */
  readonly isStage?: (guildId: string, channelId: string) => boolean;
  /** Offered to clients in this order; @discordjs/voice takes the first that it knows. Default: AES-GCM, then XChaCha20. */
  readonly modes?: readonly EncryptionMode[];
  /** `required` (default): DAVE version 1, and 4017 for a client that does not offer it. `off`: version 0 for everyone. */
  readonly dave?: 'required' | 'off';
  /**
   * Whose commit moves a DAVE group on when clients and people could both make one: the first valid one of a `client`
   * (default; a person's is taken when none came within a second), or a `listener`'s at once.
   */
  readonly committer?: 'client' | 'listener';
  /** Default 13,750 as Discord's voice servers say. A client silent for three of them is closed with 4009. */
  readonly heartbeatIntervalMs?: number;
  /** How long a connection may stay without identifying before it is closed with 4009. Default 10,000. */
  readonly identifyDeadlineMs?: number;
  /** How long a session that lost its connection can be resumed. Default 60,000. */
  readonly resumeWindowMs?: number;
  /**
   * Whether the servers also say what Discord's say beyond its documentation: ops 18 and 20 about everyone who comes, and RTCP
   * receiver reports about what was received. Default true: clients must not stumble over either.
   */
  readonly undocumented?: boolean;
  /** Whether UDP keep-alives are sent back. Default false: clients must not depend on it. */
  readonly echoKeepAlives?: boolean;
}

/** What happened at the voice gateway, in the order in which it happened. */
export interface VoiceEvent {
  readonly what: 'identified' | 'described' | 'resumed' | 'closed' | 'refused';
  readonly guildId: string | null;
  readonly userId: string | null;
  /** The close code, for `closed` and `refused`. */
  readonly code: number | null;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

/** One client's voice session, as the server sees it. */
export interface VoiceSessionView {
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly ssrc: number;
  readonly mode: EncryptionMode | null;
  readonly status: 'connected' | 'detached' | 'ended';
  readonly speaking: boolean;
  /** How many datagrams of each kind came from it. */
  readonly datagrams: Readonly<Record<DatagramKind, number>>;
}

/** What can be made to go wrong. Whatever lasts returns the function that ends it. */
export interface VoiceFaults extends SignallingFaults, DaveFaults {
  /** Does something to datagrams on their way until lifted. */
  impair(front: Front): () => void;
  /** Answers IP discovery in another way until lifted. */
  answerDiscovery(answer: DiscoveryAnswer): () => void;
  /** Sends these bytes, one datagram each, from the server's address to the member's as they are. */
  sendRaw(guildId: string, userId: string, ...datagrams: readonly Uint8Array[]): boolean;
  /** The same from addresses that have nothing to do with Discord; they may arrive in any order. */
  sendFromStrangers(guildId: string, userId: string, ...datagrams: readonly Uint8Array[]): boolean;
  /** The SSRCs that mean something to the member: its own, then those of the others in its channel. */
  ssrcs(guildId: string, userId: string): readonly number[];
  /** Sends the member an RTCP receiver report about its own voice, encrypted as it should be. */
  sendReport(guildId: string, userId: string): boolean;
}

/** The running voice servers: what the gateway asks, what people hear and say, and what can go wrong. */
export interface VoiceServer extends VoiceService {
  /** `event`: as told in VoiceEvent. */
  readonly events: EventEmitter<{ event: [VoiceEvent] }>;
  /** The newest 1,000 events. */
  readonly history: readonly VoiceEvent[];
  readonly faults: VoiceFaults;
  /** The ears of a person, whichever channel they are in; they last as long as the server. */
  ears(userId: string): Ears;
  /** The person says these Opus packets, one each 20 ms, to everyone in their channel of that guild. */
  speak(guildId: string, userId: string, opusPackets: Iterable<Buffer>, signal?: AbortSignal): Promise<void>;
  /** Every session that is not forgotten yet. */
  sessions(): readonly VoiceSessionView[];
  /**
   * What clients did that Discord forbids or that no listener could use, in sessions that have ended too, and what the double's own
   * listeners failed at: a line each. What faults do by themselves, and what was on its way when something changed, is not in it.
   */
  problems(): readonly string[];
  /** Datagrams that belong to no session, by kind. */
  strayDatagrams(): Readonly<Record<DatagramKind, number>>;
  close(): Promise<void>;
}

/** One Opus packet as a listener's ears got it: transport and DAVE already taken off. */
export type { HeardPacket } from '../ears.ts';
