import { randomBytes } from 'node:crypto';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { DaveMember } from './dave-member.ts';
import { Inbound, type AudioPacket } from './datagrams.ts';
import { Outbox, type Frame } from './outbox.ts';
import { sealReport, sealRtp, type EncryptionMode, type RtpHeader } from './rtp.ts';
import type { UdpAddress } from './udp.ts';
import type { VoiceSessionView } from './voice-service.ts';

/** Who a session belongs to. */
export interface SessionOwner {
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly token: string;
}

/** A websocket as a session uses it. */
export interface Wire {
  send(frame: Frame): void;
  /** 1006 drops the connection without a close frame. */
  close(code: number): void;
}

/** A datagram to a session's client. */
export interface Outgoing {
  readonly datagram: Buffer;
  readonly remote: UdpAddress;
}

/** `detached`: the connection was lost, and what is said meanwhile is kept for the resume. */
type Link =
  | { readonly status: 'connected'; readonly wire: Wire }
  | { readonly status: 'detached'; readonly expiry: NodeJS.Timeout }
  | { readonly status: 'ended' };

/** One client in one guild's voice, from its identify until it is dismissed, replaced, or not resumed in time. */
export class VoiceSession implements DaveMember {
  readonly owner: SessionOwner;
  readonly userId: string;
  readonly local = false;
  readonly ssrc: number;
  readonly secretKey: Buffer = randomBytes(32);
  /** The transitions of DAVE with which a fault has told the client nonsense. */
  readonly misledAbout = new Set<number>();
  /** Discovery has told the client something else than its address. */
  misled = false;
  readonly #inbound = new Inbound();
  readonly #outbox = new Outbox();
  readonly #introduced = new Set<number>();
  #link: Link;
  #transport: { readonly mode: EncryptionMode; readonly remote: UdpAddress } | null = null;
  #speaking = 0;
  #counter = 0;

  constructor(owner: SessionOwner, ssrc: number, wire: Wire) {
    this.owner = owner;
    this.userId = owner.userId;
    this.ssrc = ssrc;
    this.#link = { status: 'connected', wire };
  }

  get wire(): Wire | null {
    return this.#link.status === 'connected' ? this.#link.wire : null;
  }

  get remote(): UdpAddress | null {
    return this.#transport?.remote ?? null;
  }

  get view(): VoiceSessionView {
    const { guildId, channelId, userId } = this.owner;
    return {
      guildId,
      channelId,
      userId,
      ssrc: this.ssrc,
      mode: this.#transport?.mode ?? null,
      status: this.#link.status,
      speaking: this.#speaking !== 0,
      datagrams: { ...this.#inbound.counts },
    };
  }

  /** Counts a datagram that was all right, and returns which of its kind it was. */
  count(kind: 'audio' | 'muted' | 'discovery' | 'keep-alive' | 'doubled'): number {
    this.#inbound.counts[kind] += 1;
    return this.#inbound.counts[kind];
  }

  /** What the client chose in select protocol: from now on its audio is understood. */
  describe(mode: EncryptionMode, remote: UdpAddress): void {
    this.#transport = { mode, remote };
  }

  /** Op 5 from the client. */
  setSpeaking(flags: number): void {
    this.#speaking = flags;
    this.#inbound.announce();
  }

  /** A connection takes the session (back): everything missed since `sequence`, or null when some of it is gone. */
  resume(wire: Wire, sequence: number): readonly Frame[] | null {
    if (this.#link.status === 'ended') return null;
    const missed = this.#outbox.since(sequence);
    if (missed === null) return null;
    const before = this.#link;
    this.#link = { status: 'connected', wire };
    // Only now, so that the end of the old connection is not the end of the session.
    if (before.status === 'connected') before.wire.close(4006);
    else clearTimeout(before.expiry);
    return missed;
  }

  /** The connection is lost; `expired` is called when nobody resumes within the window. */
  detach(windowMs: number, expired: () => void): void {
    if (this.#link.status !== 'connected') return;
    this.#link = { status: 'detached', expiry: setTimeout(expired, windowMs).unref() };
  }

  /** The end. A connection that is still open is closed with `code`. */
  end(code: number): void {
    const link = this.#link;
    this.#link = { status: 'ended' };
    if (link.status === 'detached') clearTimeout(link.expiry);
    if (link.status === 'connected') link.wire.close(code);
  }

  /** A numbered message, sent again on resume. */
  tell(op: number, d: unknown): void {
    this.#send(this.#outbox.json(op, d));
  }

  /** A numbered binary message, sent again on resume. */
  tellBinary(op: VoiceOpcodes, payload: Uint8Array): void {
    this.#send(this.#outbox.binary(op, payload));
  }

  /** Op 5 about someone else, which is also how a client learns whose SSRC it is. */
  tellSpeaking(userId: string, ssrc: number, flags: number): void {
    this.#introduced.add(ssrc);
    this.tell(VoiceOpcodes.Speaking, { user_id: userId, ssrc, speaking: flags });
  }

  /** True when the client has been sent a number that it must acknowledge. */
  get numbered(): boolean {
    return this.#outbox.last > 0;
  }

  acknowledge(sequence: number): void {
    this.#outbox.acknowledge(sequence);
  }

  /** Decrypts a datagram that carries this session's SSRC, or counts why not. */
  receive(datagram: Buffer, header: RtpHeader, from: UdpAddress): AudioPacket | null {
    const transport = this.#transport;
    const { counts } = this.#inbound;
    if (!transport) {
      counts['before-description'] += 1;
      return null;
    }
    if (from.address !== transport.remote.address || from.port !== transport.remote.port) {
      counts[this.misled ? 'misled' : 'wrong-address'] += 1;
      return null;
    }
    return this.#inbound.open(datagram, header, transport.mode, this.secretKey);
  }

  /** Someone else's packet as this session must get it, with op 5 said first for a voice that is new to it. Null before select protocol. */
  hear(speakerId: string, packet: AudioPacket): Outgoing | null {
    if (!this.#introduced.has(packet.ssrc) && this.wire && this.#transport)
      this.tellSpeaking(speakerId, packet.ssrc, 1);
    return this.#seal((mode, counter) => sealRtp(packet, mode, this.secretKey, counter));
  }

  /** What the server reports of having received up to this packet. */
  report({ sequence }: Pick<AudioPacket, 'sequence'>): Outgoing | null {
    return this.#seal((mode, counter) => sealReport({ about: this.ssrc, sequence }, mode, this.secretKey, counter));
  }

  #seal(make: (mode: EncryptionMode, counter: number) => Buffer): Outgoing | null {
    const transport = this.#transport;
    if (!transport || !this.wire) return null;
    this.#counter += 1;
    return { datagram: make(transport.mode, this.#counter), remote: transport.remote };
  }

  #send(frame: Frame): void {
    if (this.#link.status === 'connected') this.#link.wire.send(frame);
  }
}
