import { EventEmitter } from 'node:events';
import { createServer } from 'node:https';
import { WebSocketServer, type WebSocket } from 'ws';
import { VoiceConnection } from './connection.ts';
import { faultsOf } from './faults-of.ts';
import { House } from './house.ts';
import { say } from './speech.ts';
import { Switches } from './switches.ts';
import { TcpPort } from './tcp-port.ts';
import { UdpPort, type UdpAddress } from './udp.ts';
import type { VoiceEvent, VoiceOptions, VoiceServer } from './voice-service.ts';

const HISTORY = 1_000;
/** DAVE's largest message is a welcome; Discord's own limit is not documented. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Starts Discord's voice servers on 127.0.0.1: the voice gateway, version 8, over TLS, and UDP; both on free ports. */
export async function startVoice(options: VoiceOptions): Promise<VoiceServer> {
  const events = new EventEmitter<{ event: [VoiceEvent] }>();
  const history: VoiceEvent[] = [];
  const report = (event: VoiceEvent) => {
    if (history.push(event) > HISTORY) history.shift();
    events.emit('event', event);
  };
  const switches = new Switches();
  const udp = await UdpPort.open({
    receive: (datagram: Buffer, from: UdpAddress) => house.door.receive(datagram, from),
    guildAt: (address: UdpAddress) => house.door.guildAt(address),
  });
  const house = new House(options, switches, udp, report);

  const { serverKeyPem: key, serverCertPem: cert } = options.tls;
  const http = createServer({ key, cert }, (_request, response) => void response.writeHead(426).end());
  // Clients that do not trust the certificate, or speak no TLS at all, are not our failure.
  http.on('tlsClientError', () => undefined);
  const tcp = await TcpPort.open((socket) => http.emit('connection', socket));
  const gateway = new WebSocketServer({
    server: http,
    maxPayload: MAX_MESSAGE_BYTES,
    verifyClient: (_request, decide) => {
      const { manner } = tcp;
      if (manner.kind === 'answer') decide(false, manner.status);
      else decide(true);
    },
  });
  gateway.on('connection', (socket: WebSocket, request) => {
    if (/[?&]v=8(?:&|$)/.test(request.url ?? '')) return void new VoiceConnection(socket, house);
    house.mistake(null, 'asked for another version than 8 of the voice gateway, and was closed with 4012');
    socket.on('error', () => undefined);
    socket.close(4012);
  });
  gateway.on('error', () => undefined);

  let closing: Promise<void> | null = null;
  async function shut(): Promise<void> {
    house.close();
    gateway.close();
    await Promise.all([tcp.close(), udp.close()]);
  }

  return {
    endpoint: `127.0.0.1:${tcp.number}`,
    events,
    history,
    admit: house.admit,
    dismiss: house.dismiss,
    members: house.members,
    faults: faultsOf(house, switches, { tcp, udp }),
    ears: (userId) => house.ears(userId),
    sessions: () => house.sessions.map(({ view }) => view),
    problems: () => house.problems,
    strayDatagrams: () => ({ ...house.door.strays, lost: udp.weather.lost }),
    async speak(guildId, userId, opusPackets, signal) {
      const room = house.roomOf(guildId, userId);
      const speaker = room?.person(userId);
      if (!room || !speaker) throw new Error(`${userId} is in no voice channel of guild ${guildId}`);
      await say(room, speaker, opusPackets, signal);
    },
    close: () => (closing ??= shut()),
  };
}
