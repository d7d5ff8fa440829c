import './sodium-bridge.ts';
import { EventEmitter } from 'node:events';
import {
  NetworkingStatusCode,
  type Networking,
  type NetworkingReadyState,
  type NetworkingState,
  type VoiceConnection,
  type VoiceConnectionState,
  type VoiceUDPSocket,
  type VoiceWebSocket,
} from '@discordjs/voice';
import { guardUdpSocket, guardWebSocket } from './network-guard.ts';
import { prepareKey } from './transport-key.ts';

/** RFC 6455: closed without a code. */
const NO_CODE = 1005;
/** https://daveprotocol.com, "dave_mls_external_sender_package" */
const EXTERNAL_SENDER = 25;

interface NetworkingEvents {
  /** The library begins to connect to a voice server: the first one, or another than before. */
  connecting: [];
  /** Frames can leave. */
  ready: [NetworkingReadyState];
  /** The socket was closed with this code, and the library resumes the session. */
  resuming: [code: number];
  /** The socket was closed with this code, and the library has given the session up. */
  closed: [code: number];
  /** The library threw. */
  fault: [error: unknown];
}

/**
 * Follows a VoiceConnection down to its sockets. Only there are the close codes: the connection's own states have 4014 and
 * nothing else, and a resume makes a new socket each time.
 */
export class NetworkingWatch extends EventEmitter<NetworkingEvents> {
  #networking: Networking | null = null;
  #socket: VoiceWebSocket | null = null;
  #udp: VoiceUDPSocket | null = null;
  #code = NO_CODE;

  /** Call once, with listeners attached; what had happened before is told too. */
  follow(connection: VoiceConnection): void {
    connection.on('stateChange', (_, next) => this.#onConnection(next));
    this.#onConnection(connection.state);
  }

  /** The state of the sockets, or null when there are none. */
  get state(): NetworkingState | null {
    return this.#networking?.state ?? null;
  }

  #onConnection(state: VoiceConnectionState): void {
    if (!('networking' in state) || state.networking === this.#networking) return;
    const { networking } = state;
    this.#networking = networking;
    // Before the library's own listener, so that the code is known when the connection changes its state.
    networking.prependListener('close', (code: number) => {
      if (networking === this.#networking) this.emit('closed', code);
    });
    networking.on('stateChange', (previous, next) => {
      if (networking === this.#networking) this.#onNetworking(next, previous.code);
    });
    this.emit('connecting');
    this.#onNetworking(networking.state, null);
  }

  #onNetworking(state: NetworkingState, previous: NetworkingStatusCode | null): void {
    if ('ws' in state) this.#guardSocket(state.ws);
    if ('udp' in state) this.#guardUdp(state.udp);
    if (state.code === previous) return;
    if (state.code === NetworkingStatusCode.Ready) {
      prepareKey(state.connectionData);
      this.emit('ready', state);
    }
    if (state.code === NetworkingStatusCode.Resuming) this.emit('resuming', this.#code);
  }

  #guardSocket(socket: VoiceWebSocket): void {
    if (socket === this.#socket) return;
    this.#socket = socket;
    guardWebSocket(socket, (error, opcode) => {
      // Said again while there is a group, it throws and changes nothing: the group keeps the sender that it has.
      if (opcode !== EXTERNAL_SENDER || !this.#hasGroup) this.emit('fault', error);
    });
    socket.prependListener('close', ({ code }: { readonly code: number }) => {
      if (socket === this.#socket) this.#code = code;
    });
  }

  get #hasGroup(): boolean {
    const { state } = this;
    return state !== null && 'dave' in state && state.dave?.session?.ready === true;
  }

  #guardUdp(socket: VoiceUDPSocket): void {
    if (socket === this.#udp) return;
    this.#udp = socket;
    guardUdpSocket(socket, (error) => this.emit('fault', error));
  }
}
