import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { WebSocket } from 'ws';
import type { z } from 'zod';
import { CloseWith } from './close-with.ts';
import {
  Heartbeat,
  Identify,
  read,
  readEnvelope,
  Resume,
  SelectProtocol,
  Speaking,
  Transition,
  UdpChoice,
} from './messages.ts';
import type { Frame } from './outbox.ts';
import { Outlet } from './outlet.ts';
import { isEncryptionMode, type EncryptionMode } from './rtp.ts';
import type { VoiceSession, Wire } from './session.ts';
import type { Trick } from './tricks.ts';

/** What a connection asks of the house that it stands in. The methods throw `CloseWith` to refuse. */
export interface VoiceHouse {
  readonly heartbeatIntervalMs: number;
  readonly identifyDeadlineMs: number;
  readonly modes: readonly EncryptionMode[];
  readonly udpPort: number;
  /** The version of DAVE that is spoken in the channel of a session. */
  daveVersionFor(session: VoiceSession): number;
  /** What happens to a message to a client of this guild, or to one that has not identified yet; null when nothing does. */
  trick(guildId: string | null, frame: Frame): Trick | null;
  identify(wire: Wire, identify: Identify): VoiceSession;
  resume(wire: Wire, resume: Resume): { readonly session: VoiceSession; readonly missed: readonly Frame[] };
  /** Ready was said: the newcomer and the others learn of each other. */
  entered(session: VoiceSession): void;
  /** The session description was said: audio and DAVE may begin. */
  described(session: VoiceSession): void;
  speaking(session: VoiceSession, flags: number): void;
  keyPackage(session: VoiceSession, payload: Buffer): void;
  commit(session: VoiceSession, payload: Buffer): void;
  transitionReady(session: VoiceSession, transitionId: number): void;
  invalidTransition(session: VoiceSession, transitionId: number): void;
  /** A client did what none may do. */
  mistake(session: VoiceSession | null, what: string): void;
  /** The connection is gone. `byClient`: it was the client that closed it. */
  gone(session: VoiceSession | null, wire: Wire, code: number, byClient: boolean): void;
}

type State =
  | { readonly status: 'greeted' }
  | { readonly status: 'identified'; readonly session: VoiceSession }
  | { readonly status: 'described'; readonly session: VoiceSession }
  | { readonly status: 'closed' };

const MISSED_HEARTBEATS = 3;
/**
 * What Discord takes from its own clients, undocumented: video, codecs, and which streams are wanted. Without video it changes nothing.
 * Op 16 asks for versions, and gets no answer here.
 */
const NO_EFFECT: ReadonlySet<number> = new Set([12, 14, 15]);
const BACKEND_VERSION = 16;
const BEFORE_IDENTIFY: ReadonlySet<number> = new Set([
  VoiceOpcodes.Identify,
  VoiceOpcodes.Resume,
  VoiceOpcodes.Heartbeat,
]);

/** One websocket of the voice gateway, version 8: from hello to close. */
export class VoiceConnection implements Wire {
  readonly #socket: WebSocket;
  readonly #house: VoiceHouse;
  readonly #outlet: Outlet;
  #state: State = { status: 'greeted' };
  #deadline: NodeJS.Timeout;
  #pulse: NodeJS.Timeout;
  /** An op 3 was answered when there were numbered messages: the client has read them. */
  #mustAcknowledge = false;

  readonly #texts: Readonly<Record<number, (d: unknown, op: number) => void>> = {
    [VoiceOpcodes.Identify]: (d, op) => this.#identify(read(Identify, d, op, 4002)),
    [VoiceOpcodes.Resume]: (d, op) => this.#resume(read(Resume, d, op, 4002)),
    [VoiceOpcodes.Heartbeat]: (d, op) => this.#heartbeat(read(Heartbeat, d, op)),
    [VoiceOpcodes.SelectProtocol]: (d, op) => this.#selectProtocol(read(SelectProtocol, d, op)),
    [VoiceOpcodes.Speaking]: (d, op) => this.#speaking(read(Speaking, d, op)),
    [VoiceOpcodes.DaveTransitionReady]: (d, op) => {
      this.#house.transitionReady(this.#session(), read(Transition, d, op).transition_id);
    },
    [VoiceOpcodes.DaveMlsInvalidCommitWelcome]: (d, op) => {
      this.#house.invalidTransition(this.#session(), read(Transition, d, op).transition_id);
    },
    [BACKEND_VERSION]: () =>
      this.#house.mistake(this.#session(), 'asked for the version (op 16), which is not in the double'),
  };

  readonly #binaries: Readonly<Record<number, (payload: Buffer) => void>> = {
    [VoiceOpcodes.DaveMlsKeyPackage]: (payload) => this.#house.keyPackage(this.#session(), payload),
    [VoiceOpcodes.DaveMlsCommitWelcome]: (payload) => this.#house.commit(this.#session(), payload),
  };

  constructor(socket: WebSocket, house: VoiceHouse) {
    this.#socket = socket;
    this.#house = house;
    this.#outlet = new Outlet({
      trick: (frame) => house.trick(this.#known()?.owner.guildId ?? null, frame),
      send: (frame) => {
        if (socket.readyState === socket.OPEN) socket.send(frame);
      },
      close: (code) => this.close(code),
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    socket.on('close', (code: number) => this.#end(code, true));
    // The close that follows says what is to be done.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith('WS_ERR')) this.#mistake(`broke the websocket protocol: ${error.code}`);
    });
    const { heartbeatIntervalMs, identifyDeadlineMs } = house;
    this.#deadline = this.#close4009After(identifyDeadlineMs, 'did not identify in time');
    this.#pulse = this.#close4009After(MISSED_HEARTBEATS * heartbeatIntervalMs, 'sent no heartbeat for too long');
    this.#say(VoiceOpcodes.Hello, { v: 8, heartbeat_interval: heartbeatIntervalMs });
  }

  send(frame: Frame): void {
    this.#outlet.send(frame);
  }

  close(code: number): void {
    if (code === 1006) this.#socket.terminate();
    else if (code === 1005) this.#socket.close();
    else this.#socket.close(code);
    this.#end(code, false);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#state.status === 'closed') return;
    try {
      if (isBinary) this.#receiveBinary(data);
      else this.#receiveText(data.toString('utf8'));
    } catch (error) {
      if (!(error instanceof CloseWith)) throw error;
      if (error.mistake !== null) this.#mistake(`${error.mistake}, and was closed with ${error.code}`);
      this.close(error.code);
    }
  }

  #mistake(what: string): void {
    if (!this.#outlet.meddled) this.#house.mistake(this.#known(), what);
  }

  #close4009After(ms: number, mistake: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.#mistake(`${mistake}, and was closed with 4009`);
      this.close(4009);
    }, ms).unref();
  }

  #receiveText(text: string): void {
    const { op, d } = readEnvelope(text);
    const handle = this.#texts[op];
    if (!handle && !NO_EFFECT.has(op)) throw new CloseWith(4001, `sent op ${op}, which is none of a client's`);
    if (this.#state.status === 'greeted' && !BEFORE_IDENTIFY.has(op)) {
      throw new CloseWith(4003, `sent op ${op} before it identified`);
    }
    handle?.(d, op);
  }

  #receiveBinary(data: Buffer): void {
    const op = data[0] ?? -1;
    const handle = this.#binaries[op];
    if (!handle) throw new CloseWith(4001, `sent op ${op} as a binary message, which is none of a client's`);
    handle(data.subarray(1));
  }

  #identify(identify: Identify): void {
    if (this.#state.status !== 'greeted') throw new CloseWith(4005, 'identified again');
    const session = this.#house.identify(this, identify);
    this.#state = { status: 'identified', session };
    clearTimeout(this.#deadline);
    const { modes, udpPort } = this.#house;
    this.#say(VoiceOpcodes.Ready, { ssrc: session.ssrc, ip: '127.0.0.1', port: udpPort, modes });
    this.#house.entered(session);
  }

  #resume(resume: Resume): void {
    if (this.#state.status !== 'greeted') throw new CloseWith(4005, 'resumed what it was connected to');
    const { session, missed } = this.#house.resume(this, resume);
    this.#state = { status: session.remote ? 'described' : 'identified', session };
    clearTimeout(this.#deadline);
    this.#say(VoiceOpcodes.Resumed, null);
    for (const frame of missed) this.send(frame);
  }

  #heartbeat({ t, seq_ack: sequence }: z.infer<typeof Heartbeat>): void {
    this.#pulse.refresh();
    if (this.#mustAcknowledge && sequence === undefined) this.#mistake('sent a heartbeat without seq_ack');
    if ('session' in this.#state) {
      if (sequence !== undefined) this.#state.session.acknowledge(sequence);
      this.#mustAcknowledge = this.#state.session.numbered;
    }
    this.#say(VoiceOpcodes.HeartbeatAck, { t });
  }

  #selectProtocol({ protocol, data }: z.infer<typeof SelectProtocol>): void {
    const session = this.#session();
    // A second choice would use the same key with its nonces from the start.
    if (this.#state.status === 'described') throw new CloseWith(4020, 'selected a protocol again');
    if (protocol !== 'udp') throw new CloseWith(4012, 'selected a protocol other than udp');
    const { address, port, mode } = read(UdpChoice, data, VoiceOpcodes.SelectProtocol);
    if (!isEncryptionMode(mode) || !this.#house.modes.includes(mode)) {
      throw new CloseWith(4016, 'selected an encryption that was not offered');
    }
    this.#state = { status: 'described', session };
    session.describe(mode, { address, port });
    session.tell(VoiceOpcodes.SessionDescription, {
      mode,
      secret_key: [...session.secretKey],
      dave_protocol_version: this.#house.daveVersionFor(session),
    });
    this.#house.described(session);
  }

  #speaking({ speaking, ssrc }: z.infer<typeof Speaking>): void {
    const session = this.#session();
    if (ssrc !== session.ssrc) throw new CloseWith(4020, 'spoke with an SSRC that is not its own');
    this.#house.speaking(session, speaking);
  }

  #known(): VoiceSession | null {
    return 'session' in this.#state ? this.#state.session : null;
  }

  #session(): VoiceSession {
    const session = this.#known();
    if (session) return session;
    throw new CloseWith(4003, 'sent a message for a session before it identified');
  }

  #say(op: number, d: unknown): void {
    this.send(JSON.stringify({ op, d }));
  }

  #end(code: number, byClient: boolean): void {
    if (this.#state.status === 'closed') return;
    const session = this.#known();
    this.#state = { status: 'closed' };
    this.#outlet.shut();
    clearTimeout(this.#deadline);
    clearTimeout(this.#pulse);
    this.#house.gone(session, this, code, byClient);
  }
}
