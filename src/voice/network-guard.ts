import type { VoiceUDPSocket, VoiceWebSocket } from '@discordjs/voice';

/** RTP header, authentication tag and nonce: what is shorter carries no sound. https://docs.discord.com/developers/topics/voice-connections#transport-encryption-modes */
const SHORTEST_PACKET = 12 + 16 + 4;
const RTP_VERSION = 2;
const OPUS_PAYLOAD_TYPE = 120;

type Fault = (error: unknown) => void;

/**
 * Keeps what the voice server says from ending the process: @discordjs/voice 0.19.2 throws out of the socket's listener on
 * a binary message of less than three bytes, on DAVE proposals it cannot read, on a second external sender, and on JSON
 * whose `d` is not what it expects. `VoiceWebSocket` calls `onMessage` by name for each message, so this is the one seam.
 */
export function guardWebSocket(socket: VoiceWebSocket, fault: (error: unknown, opcode: number | null) => void): void {
  const deliver = socket.onMessage.bind(socket);
  socket.onMessage = (event) => {
    const opcode = Buffer.isBuffer(event.data) ? (event.data[2] ?? null) : null;
    attempt(
      () => deliver(event),
      (error) => fault(error, opcode),
    );
  };
}

/**
 * Lets only whole Opus packets through to the receiver, which throws on 9 to 11 bytes, and keeps what a closed socket or
 * an impossible port throws out of the library's keep-alive timer. IP discovery reads below this seam and catches for itself.
 */
export function guardUdpSocket(socket: VoiceUDPSocket, fault: Fault): void {
  const send = socket.send.bind(socket);
  socket.send = (datagram) => attempt(() => send(datagram), fault);
  // Private in the declarations only: the socket calls it by name for each datagram.
  const onMessage = (datagram: Buffer) => {
    if (isVoicePacket(datagram)) attempt(() => socket.emit('message', datagram), fault);
  };
  Object.defineProperty(socket, 'onMessage', { value: onMessage });
}

/** True for a datagram that has the form of an encrypted Opus packet; whether it is one only its tag can say. */
export function isVoicePacket(datagram: Buffer): boolean {
  const [first = 0, second = 0] = datagram;
  return (
    datagram.length > SHORTEST_PACKET && first >> 6 === RTP_VERSION && (second & 0b0111_1111) === OPUS_PAYLOAD_TYPE
  );
}

function attempt(act: () => unknown, fault: Fault): void {
  try {
    act();
  } catch (error) {
    fault(error);
  }
}
