import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { UdpAddress } from './udp.ts';

const SOCKETS = 4;

/** Sends datagrams from addresses that the receiver has never heard of, one after the other from each. What cannot be sent is lost. */
export async function sendFromStrangers(datagrams: readonly Uint8Array[], to: UdpAddress): Promise<void> {
  const shares = Array.from({ length: SOCKETS }, (_, index) => datagrams.filter((_one, at) => at % SOCKETS === index));
  await Promise.all(shares.map((share) => sendFromStranger(share, to)));
}

async function sendFromStranger(datagrams: readonly Uint8Array[], { address, port }: UdpAddress): Promise<void> {
  const socket = createSocket('udp4').unref();
  socket.on('error', () => undefined);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  for (const datagram of datagrams) {
    await new Promise<void>((resolve) => socket.send(datagram, port, address, () => resolve()));
  }
  socket.close();
}
