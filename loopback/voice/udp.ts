import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Many clients send their frames in the same millisecond; what finds no room is dropped by the kernel. It grants as much as it allows. */
const RECEIVE_BUFFER_BYTES = 4 << 20;

/** Where a client's datagrams come from and go to. */
export interface UdpAddress {
  readonly address: string;
  readonly port: number;
}

/** The voice servers' UDP socket on 127.0.0.1. What it is told to lose, it loses silently, as networks do. */
export class UdpPort {
  readonly #socket: Socket;
  readonly #losing = { in: 0, out: 0 };
  #lost = 0;

  private constructor(socket: Socket, receive: (datagram: Buffer, from: UdpAddress) => void) {
    this.#socket = socket;
    socket.on('message', (datagram, from) => {
      if (this.#losing.in === 0) receive(datagram, from);
      else this.#lost += 1;
    });
    // On Linux a datagram to a closed port comes back as ECONNREFUSED: for UDP that is a loss like any other.
    socket.on('error', () => undefined);
  }

  /** Opens a socket on a free port and hands every datagram to `receive`. */
  static async open(receive: (datagram: Buffer, from: UdpAddress) => void): Promise<UdpPort> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new UdpPort(socket, receive);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** How many datagrams came in only to be lost. */
  get lost(): number {
    return this.#lost;
  }

  /** Sends and forgets; an unusable address is a loss. */
  send(bytes: Uint8Array, to: UdpAddress): void {
    if (this.#losing.out > 0) return;
    this.#socket.send(bytes, to.port, to.address, () => undefined);
  }

  /** Loses every datagram of a direction until the returned function is called. */
  lose(direction: 'in' | 'out' | 'both'): () => void {
    const directions = direction === 'both' ? (['in', 'out'] as const) : [direction];
    for (const one of directions) this.#losing[one] += 1;
    let lifted = false;
    return () => {
      if (lifted) return;
      lifted = true;
      for (const one of directions) this.#losing[one] -= 1;
    };
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}
