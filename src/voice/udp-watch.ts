import type { VoiceUDPSocket } from '@discordjs/voice';
import { every } from '../lib/time.ts';
import { discoveryRequest, kindOf, namedAddress, type DatagramCounts, type DatagramKind } from './datagram-kinds.ts';
import { guardUdpSocket } from './network-guard.ts';
import { UdpProbe, type UdpPath } from './udp-probe.ts';

const DISCOVERY_REPEAT_MS = 500;

/** One UDP socket of the library: what passes it, and whether its datagrams arrive. */
export class UdpWatch {
  readonly socket: VoiceUDPSocket;
  readonly #received: Record<DatagramKind, number> = { audio: 0, discovery: 0, rtcp: 0, 'keep-alive': 0, other: 0 };
  #sent = 0;
  #probe: UdpProbe | null = null;
  /** As the first answer named it: the library believes that one. */
  #address: string | null = null;

  /** Takes the socket over at once; the library must not have received anything by it yet. */
  constructor(socket: VoiceUDPSocket, fault: (error: unknown) => void) {
    this.socket = socket;
    guardUdpSocket(socket, {
      fault,
      sent: (datagram) => {
        this.#sent += 1;
        if (kindOf(datagram) === 'audio') this.#probe?.sent();
      },
      received: (datagram, kind) => {
        this.#received[kind] += 1;
        if (kind !== 'discovery') return;
        this.#address ??= namedAddress(datagram);
        this.#probe?.received(datagram);
      },
    });
  }

  get counts(): DatagramCounts {
    return { sent: this.#sent, received: this.#received };
  }

  get path(): UdpPath {
    return this.#probe?.path ?? 'unproven';
  }

  /**
   * Asks for our address again and again until `life` ends. The library asks once, and waits for ever when that datagram or
   * its answer is lost; of several answers it takes the first.
   */
  discover(ssrc: number, life: AbortSignal): void {
    const request = discoveryRequest(ssrc);
    every(DISCOVERY_REPEAT_MS, life, () => this.socket.send(request));
  }

  /** Finds out until `life` ends whether datagrams arrive; again has no effect, because a resumed session keeps its socket. */
  probe(ssrc: number, life: AbortSignal): void {
    this.#probe ??= new UdpProbe(this.socket, ssrc, life, this.#address);
  }
}
