import { randomInt } from 'node:crypto';
import { discoveryAnswer, shapeOf, tally, type AudioPacket } from './datagrams.ts';
import type { VoiceSession } from './session.ts';
import type { UdpAddress } from './udp.ts';

/** How long after the end of a session its datagrams may still be on their way: the client has yet to hear of the end. */
const LATE_MS = 3_000;

const addressKey = ({ address, port }: UdpAddress): string => `${address}:${port}`;

/** How the door answers, and to whom it hands what it understood. */
export interface DatagramDoorOptions {
  readonly echoKeepAlives: boolean;
  discoveryIsSilent(): boolean;
  send(bytes: Buffer, to: UdpAddress): void;
  deliver(session: VoiceSession, packet: AudioPacket): void;
}

/** Finds out whose datagram it is: by SSRC for discovery and audio, by address for keep-alives. */
export class DatagramDoor {
  /** Datagrams that belong to nobody. */
  readonly strays = tally();
  readonly #options: DatagramDoorOptions;
  readonly #bySsrc = new Map<number, VoiceSession>();
  readonly #byAddress = new Map<string, VoiceSession>();
  /** When the session with an SSRC ended, in milliseconds of `performance.now()`. */
  readonly #endedAt = new Map<number, number>();
  #lastSsrc = randomInt(2 ** 31);

  constructor(options: DatagramDoorOptions) {
    this.#options = options;
  }

  /** An SSRC that nobody had before. */
  takeSsrc(): number {
    this.#lastSsrc = (this.#lastSsrc % 0xffff_ffff) + 1;
    return this.#lastSsrc;
  }

  /** Datagrams with the session's SSRC are its own from now on. */
  register(session: VoiceSession): void {
    this.#bySsrc.set(session.ssrc, session);
  }

  /** The session has said in select protocol where it is. */
  locate(session: VoiceSession): void {
    if (session.remote) this.#byAddress.set(addressKey(session.remote), session);
  }

  forget(session: VoiceSession): void {
    this.#bySsrc.delete(session.ssrc);
    this.#endedAt.set(session.ssrc, performance.now());
    for (const [key, holder] of this.#byAddress) if (holder === session) this.#byAddress.delete(key);
  }

  /** Takes one datagram; whatever it is, it is counted. */
  receive(bytes: Buffer, from: UdpAddress): void {
    const shape = shapeOf(bytes);
    switch (shape.kind) {
      case 'discovery':
        return this.#discover(shape.ssrc, from);
      case 'keep-alive':
        return this.#keepAlive(bytes, from);
      case 'malformed':
        this.strays.malformed += 1;
        return;
      case 'rtp': {
        const session = this.#owner(shape.header.ssrc);
        const packet = session?.receive(bytes, shape.header, from);
        if (session && packet) this.#options.deliver(session, packet);
      }
    }
  }

  #discover(ssrc: number, from: UdpAddress): void {
    const session = this.#owner(ssrc);
    if (!session) return;
    session.count('discovery');
    this.#byAddress.set(addressKey(from), session);
    if (!this.#options.discoveryIsSilent()) this.#options.send(discoveryAnswer(ssrc, from.address, from.port), from);
  }

  #keepAlive(bytes: Buffer, from: UdpAddress): void {
    const session = this.#byAddress.get(addressKey(from));
    if (session) session.count('keep-alive');
    else this.strays['keep-alive'] += 1;
    if (this.#options.echoKeepAlives) this.#options.send(bytes, from);
  }

  #owner(ssrc: number): VoiceSession | undefined {
    const session = this.#bySsrc.get(ssrc);
    if (session) return session;
    const isLate = performance.now() - (this.#endedAt.get(ssrc) ?? -Infinity) < LATE_MS;
    this.strays[isLate ? 'late' : 'unknown-ssrc'] += 1;
    return undefined;
  }
}
