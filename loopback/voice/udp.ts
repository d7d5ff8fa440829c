import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Weather } from './weather.ts';

/** Many clients send their frames in the same millisecond; what finds no room is dropped by the kernel. It grants as much as it allows. */
const RECEIVE_BUFFER_BYTES = 4 << 20;

/** Where a client's datagrams come from and go to. */
export interface UdpAddress {
  readonly address: string;
  readonly port: number;
}

/** Who stands behind the socket. */
export interface UdpOwner {
  /** Takes every datagram, in whatever weather. */
  receive(datagram: Buffer, from: UdpAddress): void;
  /** The guild of the client at an address, if there is one. */
  guildAt(address: UdpAddress): string | null;
}

/** The voice servers' UDP socket on 127.0.0.1. What it sends goes out into the weather. */
export class UdpPort {
  readonly weather = new Weather();
  readonly #socket: Socket;
  readonly #owner: UdpOwner;
  #open = true;

  private constructor(socket: Socket, owner: UdpOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.on('message', (datagram, from) => owner.receive(datagram, from));
    // On Linux a datagram to a closed port comes back as ECONNREFUSED: for UDP that is a loss like any other.
    socket.on('error', () => undefined);
  }

  /** Opens a socket on a free port. */
  static async open(owner: UdpOwner): Promise<UdpPort> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new UdpPort(socket, owner);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Sends and forgets; an unusable address is a loss, and so is what was delayed until after the end. */
  send(bytes: Uint8Array, to: UdpAddress): void {
    this.weather.pass('out', this.#owner.guildAt(to), () => {
      if (this.#open) this.#socket.send(bytes, to.port, to.address, () => undefined);
    });
  }

  async close(): Promise<void> {
    this.#open = false;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}
