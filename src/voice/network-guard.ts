import type { RemoteInfo, Socket } from 'node:dgram';
import type { VoiceUDPSocket, VoiceWebSocket } from '@discordjs/voice';
import { isBadDiscovery, kindOf, type DatagramKind } from './datagram-kinds.ts';

/** Far above the largest message of the protocol, a welcome to a full channel; JSON of 100 MB would stop all guilds for a second. */
const LONGEST_MESSAGE = 1 << 20;

/**
 * Keeps what the voice server says from ending the process: @discordjs/voice 0.19.2 throws out of the socket's listener on
 * a binary message of less than three bytes, on DAVE proposals it cannot read, on a second external sender, and on JSON
 * whose `d` is not what it expects. `VoiceWebSocket` calls `onMessage` by name for each message, so this is the one seam.
 */
export function guardWebSocket(socket: VoiceWebSocket, fault: (error: unknown, opcode: number | null) => void): void {
  const deliver = socket.onMessage.bind(socket);
  socket.onMessage = (event) => {
    const { data } = event;
    const opcode = Buffer.isBuffer(data) ? (data[2] ?? null) : null;
    attempt(
      () => {
        if ((typeof data === 'string' || Buffer.isBuffer(data)) && data.length > LONGEST_MESSAGE)
          throw new Error('a message too long to be one');
        deliver(event);
      },
      (error) => fault(error, opcode),
    );
  };
}

/** Who hears what passes a UDP socket. */
export interface UdpListener {
  sent(datagram: Buffer): void;
  received(datagram: Buffer, kind: DatagramKind): void;
  fault(error: unknown): void;
}

/**
 * Lets only whole Opus packets through to the receiver, which throws on 9 to 11 bytes, and keeps what a closed socket or
 * an impossible port throws out of the library's keep-alive timer. IP discovery reads below that, from the socket itself, and
 * believes anybody and any length; so what is no answer of our voice server does not get there either.
 */
export function guardUdpSocket(socket: VoiceUDPSocket, listener: UdpListener): void {
  refuseForgeries(socket);
  const send = socket.send.bind(socket);
  const fault = (error: unknown) => listener.fault(error);
  socket.send = (datagram) => {
    listener.sent(datagram);
    attempt(() => send(datagram), fault);
  };
  // Private in the declarations only: the socket calls it by name for each datagram.
  const onMessage = (datagram: Buffer) => {
    const kind = kindOf(datagram);
    listener.received(datagram, kind);
    if (kind === 'audio') attempt(() => socket.emit('message', datagram), fault);
  };
  Object.defineProperty(socket, 'onMessage', { value: onMessage });
}

/** Both fields are private in the declarations only. */
function refuseForgeries(voice: VoiceUDPSocket): void {
  const socket = Reflect.get(voice, 'socket') as Socket;
  const remote = Reflect.get(voice, 'remote') as { readonly ip: string; readonly port: number };
  const emit = socket.emit.bind(socket) as (event: string, ...details: unknown[]) => boolean;
  const isForged = (datagram: Buffer, { address, port }: RemoteInfo) =>
    address !== remote.ip || port !== remote.port || isBadDiscovery(datagram);
  socket.emit = (event: string, ...details: unknown[]) => {
    if (event === 'message' && isForged(details[0] as Buffer, details[1] as RemoteInfo)) return true;
    return emit(event, ...details);
  };
}

function attempt(act: () => unknown, fault: (error: unknown) => void): void {
  try {
    act();
  } catch (error) {
    fault(error);
  }
}
