import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import type { WebSocket } from 'ws';
import type { z } from 'zod';
import { Envelope, Heartbeat, Identify, Resume, SelectProtocol, Speaking, Transition, UdpChoice } from './messages.ts';
import type { Frame } from './outbox.ts';
import { isEncryptionMode, type EncryptionMode } from './rtp.ts';
import type { VoiceSession, Wire } from './session.ts';
import type { Silence } from './voice-service.ts';

/** Ends a connection with a close code: thrown anywhere below a message, caught once. */
export class CloseWith extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`closed with ${code}`);
    this.code = code;
  }
}

/** What a connection asks of the house that it stands in. The methods throw `CloseWith` to refuse. */
export interface VoiceHouse {
  readonly heartbeatIntervalMs: number;
  readonly identifyDeadlineMs: number;
  readonly modes: readonly EncryptionMode[];
  readonly udpPort: number;
  readonly daveVersion: number;
  silent(what: Silence): boolean;
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
  /** The connection is gone. `byClient`: it was the client that closed it. */
  gone(session: VoiceSession | null, wire: Wire, code: number, byClient: boolean): void;
}

type State =
  | { readonly status: 'greeted' }
  | { readonly status: 'identified'; readonly session: VoiceSession }
  | { readonly status: 'described'; readonly session: VoiceSession }
  | { readonly status: 'closed' };

const MISSED_HEARTBEATS = 3;
const BEFORE_IDENTIFY: ReadonlySet<number> = new Set([
  VoiceOpcodes.Identify,
  VoiceOpcodes.Resume,
  VoiceOpcodes.Heartbeat,
]);

/** One websocket of the voice gateway, version 8: from hello to close. */
export class VoiceConnection implements Wire {
  readonly #socket: WebSocket;
  readonly #house: VoiceHouse;
  #state: State = { status: 'greeted' };
  #deadline: NodeJS.Timeout;
  #pulse: NodeJS.Timeout;

  readonly #texts: Readonly<Record<number, (d: unknown) => void>> = {
    [VoiceOpcodes.Identify]: (d) => this.#identify(read(Identify, d, 4002)),
    [VoiceOpcodes.Resume]: (d) => this.#resume(read(Resume, d, 4002)),
    [VoiceOpcodes.Heartbeat]: (d) => this.#heartbeat(read(Heartbeat, d)),
    [VoiceOpcodes.SelectProtocol]: (d) => this.#selectProtocol(read(SelectProtocol, d)),
    [VoiceOpcodes.Speaking]: (d) => this.#speaking(read(Speaking, d)),
    [VoiceOpcodes.DaveTransitionReady]: (d) => {
      this.#house.transitionReady(this.#session(), read(Transition, d).transition_id);
    },
    [VoiceOpcodes.DaveMlsInvalidCommitWelcome]: (d) => {
      this.#house.invalidTransition(this.#session(), read(Transition, d).transition_id);
    },
  };

  readonly #binaries: Readonly<Record<number, (payload: Buffer) => void>> = {
    [VoiceOpcodes.DaveMlsKeyPackage]: (payload) => this.#house.keyPackage(this.#session(), payload),
    [VoiceOpcodes.DaveMlsCommitWelcome]: (payload) => this.#house.commit(this.#session(), payload),
  };

  constructor(socket: WebSocket, house: VoiceHouse) {
    this.#socket = socket;
    this.#house = house;
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    socket.on('close', (code: number) => this.#end(code, true));
    // A frame that breaks RFC 6455 errors first; the close that follows says what is to be done.
    socket.on('error', () => undefined);
    const { heartbeatIntervalMs, identifyDeadlineMs } = house;
    this.#deadline = setTimeout(() => this.close(4009), identifyDeadlineMs).unref();
    this.#pulse = setTimeout(() => this.close(4009), MISSED_HEARTBEATS * heartbeatIntervalMs).unref();
    this.#say('hello', VoiceOpcodes.Hello, { v: 8, heartbeat_interval: heartbeatIntervalMs });
  }

  send(frame: Frame): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frame);
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
      this.close(error.code);
    }
  }

  #receiveText(text: string): void {
    const { op, d } = read(Envelope, parse(text), 4002);
    const handle = this.#texts[op];
    if (!handle) throw new CloseWith(4001);
    if (this.#state.status === 'greeted' && !BEFORE_IDENTIFY.has(op)) throw new CloseWith(4003);
    handle(d);
  }

  #receiveBinary(data: Buffer): void {
    const handle = this.#binaries[data[0] ?? -1];
    if (!handle) throw new CloseWith(4001);
    handle(data.subarray(1));
  }

  #identify(identify: Identify): void {
    if (this.#state.status !== 'greeted') throw new CloseWith(4005);
    const session = this.#house.identify(this, identify);
    this.#state = { status: 'identified', session };
    clearTimeout(this.#deadline);
    const { modes, udpPort } = this.#house;
    this.#say('ready', VoiceOpcodes.Ready, { ssrc: session.ssrc, ip: '127.0.0.1', port: udpPort, modes });
    this.#house.entered(session);
  }

  #resume(resume: Resume): void {
    if (this.#state.status !== 'greeted') throw new CloseWith(4005);
    const { session, missed } = this.#house.resume(this, resume);
    this.#state = { status: session.remote ? 'described' : 'identified', session };
    clearTimeout(this.#deadline);
    this.#say('resumed', VoiceOpcodes.Resumed, null);
    for (const frame of missed) this.send(frame);
  }

  #heartbeat({ t, seq_ack: sequence }: z.infer<typeof Heartbeat>): void {
    this.#pulse.refresh();
    if (sequence !== undefined && 'session' in this.#state) this.#state.session.acknowledge(sequence);
    this.#say('heartbeat-ack', VoiceOpcodes.HeartbeatAck, { t });
  }

  #selectProtocol({ protocol, data }: z.infer<typeof SelectProtocol>): void {
    const session = this.#session();
    // A second choice would use the same key with its nonces from the start.
    if (this.#state.status === 'described') throw new CloseWith(4020);
    if (protocol !== 'udp') throw new CloseWith(4012);
    const { address, port, mode } = read(UdpChoice, data);
    if (!isEncryptionMode(mode) || !this.#house.modes.includes(mode)) throw new CloseWith(4016);
    this.#state = { status: 'described', session };
    if (this.#house.silent('description')) return;
    session.describe(mode, { address, port });
    session.tell(VoiceOpcodes.SessionDescription, {
      mode,
      secret_key: [...session.secretKey],
      dave_protocol_version: this.#house.daveVersion,
    });
    this.#house.described(session);
  }

  #speaking({ speaking, ssrc }: z.infer<typeof Speaking>): void {
    const session = this.#session();
    if (ssrc !== session.ssrc) throw new CloseWith(4020);
    this.#house.speaking(session, speaking);
  }

  #session(): VoiceSession {
    if ('session' in this.#state) return this.#state.session;
    throw new CloseWith(4003);
  }

  #say(what: Silence, op: number, d: unknown): void {
    if (!this.#house.silent(what)) this.send(JSON.stringify({ op, d }));
  }

  #end(code: number, byClient: boolean): void {
    if (this.#state.status === 'closed') return;
    const session = 'session' in this.#state ? this.#state.session : null;
    this.#state = { status: 'closed' };
    clearTimeout(this.#deadline);
    clearTimeout(this.#pulse);
    this.#house.gone(session, this, code, byClient);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CloseWith(4002);
  }
}

function read<T extends z.ZodType>(schema: T, value: unknown, code = 4020): z.output<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw new CloseWith(code);
  return result.data;
}
