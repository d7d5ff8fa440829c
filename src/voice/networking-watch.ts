import './sodium-bridge.ts';
import { EventEmitter } from 'node:events';
import {
  NetworkingStatusCode,
  type Networking,
  type NetworkingReadyState,
  type NetworkingState,
  type VoiceConnection,
  type VoiceConnectionState,
  type VoiceWebSocket,
} from '@discordjs/voice';
import { DaveWatch } from './dave-watch.ts';
import type { LinkEvidence } from './link-evidence.ts';
import { prepareKey } from './transport-key.ts';
import { UdpWatch } from './udp-watch.ts';
import { VoiceSocketWatch } from './voice-socket-watch.ts';

/** RFC 6455: closed without a code. */
const NO_CODE = 1005;
/** https://daveprotocol.com, "dave_mls_external_sender_package" */
const EXTERNAL_SENDER = 25;
const NO_HEARTBEAT = { intervalMs: null, missed: 0, answeredAt: 0 };

interface NetworkingEvents {
  /** The library begins to connect to a voice server: the first one, or another than before. */
  connecting: [];
  /** The library has come to another step of the handshake. */
  step: [NetworkingStatusCode];
  /** Frames can leave. */
  ready: [NetworkingReadyState];
  /** The socket was closed with this code, and the library resumes the session. */
  resuming: [code: number];
  /** The socket was closed with this code, and the library has given the session up. */
  closed: [code: number];
  /** The library has taken in a message of the voice server. */
  told: [];
  /** The library threw. */
  fault: [error: unknown];
}

/**
 * Follows a VoiceConnection down to its sockets. Only there are the close codes: the connection's own states have 4014 and
 * nothing else, and a resume makes a new socket each time.
 */
export class NetworkingWatch extends EventEmitter<NetworkingEvents> {
  #networking: Networking | null = null;
  #socket: VoiceSocketWatch | null = null;
  #udp: UdpWatch | null = null;
  #dave: DaveWatch | null = null;
  #code = NO_CODE;
  /** Ends with the step of the handshake. */
  #step = new AbortController();
  /** Ends with the session. */
  #session = new AbortController();

  /** Call once, with listeners attached; what had happened before is told too. */
  follow(connection: VoiceConnection): void {
    connection.on('stateChange', (_, next) => this.#onConnection(next));
    this.#onConnection(connection.state);
  }

  /** The state of the sockets, or null when there are none. */
  get state(): NetworkingState | null {
    return this.#networking?.state ?? null;
  }

  /** False when the voice server has begun to close the socket, although the library does not know it yet. */
  get open(): boolean {
    return this.#socket?.open === true;
  }

  get evidence(): Omit<LinkEvidence, 'framesSent'> {
    const { state } = this;
    return {
      endpoint: state && 'connectionOptions' in state ? hostOf(state.connectionOptions.endpoint) : null,
      encryption: state && 'dave' in state ? state.connectionData.encryptionMode : null,
      pingMs: this.#socket?.socket.ping ?? null,
      heartbeat: this.#socket?.heartbeat ?? NO_HEARTBEAT,
      datagrams: this.#udp?.counts ?? null,
      udp: this.#udp?.path ?? 'unproven',
      dave: this.#dave?.evidence ?? null,
    };
  }

  /** Ends the voice socket without waiting for the other side. Its close is heard as any other, and resumed when it can be. */
  cut(): void {
    this.#socket?.cut();
  }

  #onConnection(state: VoiceConnectionState): void {
    if (!('networking' in state) || state.networking === this.#networking) return;
    const { networking } = state;
    this.#networking = networking;
    this.#session.abort();
    this.#session = new AbortController();
    this.#udp = null;
    // Before the library's own listener, so that the code is known when the connection changes its state.
    networking.prependListener('close', (code: number) => {
      if (networking === this.#networking) this.emit('closed', code);
    });
    networking.on('transitioned', () => this.#dave?.transitioned());
    networking.on('stateChange', (previous, next) => {
      if (networking === this.#networking) this.#onNetworking(next, previous.code);
    });
    this.emit('connecting');
    this.#onNetworking(networking.state, null);
  }

  #onNetworking(state: NetworkingState, previous: NetworkingStatusCode | null): void {
    this.#take(state);
    if (state.code === previous) return;
    this.#step.abort();
    this.#step = new AbortController();
    this.emit('step', state.code);
    switch (state.code) {
      case NetworkingStatusCode.UdpHandshaking:
        return this.#udp?.discover(state.connectionData.ssrc, this.#step.signal);
      case NetworkingStatusCode.Ready:
        prepareKey(state.connectionData);
        this.#udp?.probe(state.connectionData.ssrc, this.#session.signal);
        return void this.emit('ready', state);
      case NetworkingStatusCode.Resuming:
        return void this.emit('resuming', this.#code);
      case NetworkingStatusCode.Closed:
        return this.#session.abort();
      case NetworkingStatusCode.OpeningWs:
      case NetworkingStatusCode.Identifying:
      case NetworkingStatusCode.SelectingProtocol:
    }
  }

  #take(state: NetworkingState): void {
    if ('ws' in state && state.ws !== this.#socket?.socket) this.#takeSocket(state.ws);
    if ('udp' in state && state.udp !== this.#udp?.socket) {
      this.#udp = new UdpWatch(state.udp, (error) => this.emit('fault', error));
    }
    const dave = 'dave' in state ? state.dave : undefined;
    if (dave !== this.#dave?.session) this.#dave = dave === undefined ? null : new DaveWatch(dave);
  }

  #takeSocket(socket: VoiceWebSocket): void {
    const watch = new VoiceSocketWatch(socket, (error, opcode) => {
      // Said again while there is a group, it throws and changes nothing: the group keeps the sender that it has.
      if (opcode !== EXTERNAL_SENDER || this.#dave?.evidence.encrypted !== true) this.emit('fault', error);
    });
    socket.prependListener('close', ({ code }: { readonly code: number }) => {
      if (watch === this.#socket) this.#code = code;
    });
    // Behind the library's own listeners.
    socket.on('packet', () => this.emit('told'));
    socket.on('binary', () => this.emit('told'));
    this.#socket = watch;
  }
}

const hostOf = (endpoint: string): string => endpoint.replace(/:\d+$/, '');
