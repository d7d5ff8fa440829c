import { randomInt } from 'node:crypto';
import { Setting } from '../setting.ts';
import { discoveryAnswer, shapeOf, tally, type AudioPacket } from './datagrams.ts';
import type { VoiceSession } from './session.ts';
import type { UdpAddress } from './udp.ts';
import type { Weather } from './weather.ts';

/** How long after the end of a session its datagrams may still be on their way: the client has yet to hear of the end. */
const LATE_MS = 3_000;

const addressKey = ({ address, port }: UdpAddress): string => `${address}:${port}`;

/** A request for IP discovery. */
export interface DiscoveryRequest extends UdpAddress {
  readonly ssrc: number;
  /** How often the session has asked, this time included. */
  readonly attempt: number;
  /** The client has selected its protocol already, and asks again. */
  readonly live: boolean;
}

/** The datagrams with which a request for discovery is answered, in order. */
export type DiscoveryAnswer = (request: DiscoveryRequest) => readonly Buffer[];

/** How the door answers, and to whom it hands what it understood. */
export interface DatagramDoorOptions {
  readonly echoKeepAlives: boolean;
  /** What becomes of datagrams behind the door. */
  readonly weather: Weather;
  send(bytes: Buffer, to: UdpAddress): void;
  deliver(session: VoiceSession, packet: AudioPacket): void;
}

/**
 * Finds out whose datagram it is: by SSRC for discovery and audio, by address for keep-alives. It judges what clients have sent, in
 * the order in which they sent it; only then does the weather decide what of it arrives.
 */
export class DatagramDoor {
  /** Datagrams that belong to nobody. */
  readonly strays = tally();
  /** A session may ask at any time, also when it has asked before: Discord's documentation does not say that it may not. */
  readonly answerDiscovery = new Setting<DiscoveryAnswer>(({ ssrc, address, port }) => [
    discoveryAnswer(ssrc, address, port),
  ]);
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
        if (session && packet) this.#bring(session, packet);
      }
    }
  }

  /** The guild of the client at an address, if there is one. */
  guildAt(address: UdpAddress): string | null {
    return this.#byAddress.get(addressKey(address))?.owner.guildId ?? null;
  }

  /** A copy goes no further than here: receivers of RTP drop what they had. */
  #bring(session: VoiceSession, packet: AudioPacket): void {
    let brought = false;
    this.#pass(session, () => {
      if (brought) return void session.count('doubled');
      brought = true;
      this.#options.deliver(session, packet);
    });
  }

  /** Through the weather; on the way the session may end. */
  #pass(session: VoiceSession, arrive: () => void): void {
    this.#options.weather.pass('in', session.owner.guildId, () => {
      if (this.#owner(session.ssrc) === session) arrive();
    });
  }

  #discover(ssrc: number, from: UdpAddress): void {
    const session = this.#owner(ssrc);
    if (!session) return;
    this.#byAddress.set(addressKey(from), session);
    this.#pass(session, () => {
      const attempt = session.count('discovery');
      const request = { ssrc, address: from.address, port: from.port, attempt, live: session.remote !== null };
      for (const answer of this.answerDiscovery.value(request)) {
        session.misled ||= !answer.equals(discoveryAnswer(ssrc, from.address, from.port));
        this.#options.send(answer, from);
      }
    });
  }

  #keepAlive(bytes: Buffer, from: UdpAddress): void {
    const session = this.#byAddress.get(addressKey(from));
    const arrive = (): void => {
      if (session) session.count('keep-alive');
      else this.strays['keep-alive'] += 1;
      if (this.#options.echoKeepAlives) this.#options.send(bytes, from);
    };
    if (session) this.#pass(session, arrive);
    else this.#options.weather.pass('in', null, arrive);
  }

  #owner(ssrc: number): VoiceSession | undefined {
    const session = this.#bySsrc.get(ssrc);
    if (session) return session;
    const isLate = performance.now() - (this.#endedAt.get(ssrc) ?? -Infinity) < LATE_MS;
    this.strays[isLate ? 'late' : 'unknown-ssrc'] += 1;
    return undefined;
  }
}
