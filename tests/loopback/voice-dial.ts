import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, on, once } from 'node:events';
import { VoiceOpcodes, type VoiceReceivePayload } from 'discord-api-types/voice/v8';
import type { TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { sealRtp, type EncryptionMode } from '../../loopback/voice/rtp.ts';
import { BOT, CHANNEL, GUILD, type Scene } from './voice-client.ts';

type Message = VoiceReceivePayload & { readonly seq?: number };

/** A voice client of a few lines that says exactly what a test wants, however wrong. */
export class Dialed {
  readonly #socket: WebSocket;
  readonly #told = new EventEmitter<{ message: [] }>();
  readonly #messages: Message[] = [];
  readonly #binaries: Buffer[] = [];
  readonly closed: Promise<number>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#binaries.push(data);
      else this.#messages.push(JSON.parse(data.toString('utf8')));
      this.#told.emit('message');
    });
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close').then(([code]) => Number(code));
  }

  static async to(here: Pick<Scene, 'voice'>, test: TestContext, query = '?v=8'): Promise<Dialed> {
    const socket = new WebSocket(`wss://${here.voice.endpoint}/${query}`);
    test.onTestFinished(() => socket.terminate());
    const dialed = new Dialed(socket);
    await once(socket, 'open');
    return dialed;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  get binaries(): readonly Buffer[] {
    return this.#binaries;
  }

  send(op: number, d: unknown): void {
    this.#socket.send(JSON.stringify({ op, d }));
  }

  raw(frame: string | Buffer): void {
    this.#socket.send(frame);
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  cut(): void {
    this.#socket.terminate();
  }

  /** The first message with this opcode, however long ago it came. */
  async heard<T extends VoiceOpcodes>(op: T): Promise<Extract<Message, { op: T }>> {
    const find = () => this.#messages.find((message): message is Extract<Message, { op: T }> => message.op === op);
    const known = find();
    if (known) return known;
    for await (const _ of on(this.#told, 'message', { signal: AbortSignal.timeout(20_000) })) {
      const found = find();
      if (found) return found;
    }
    throw new Error('unreachable: on() ends by throwing');
  }
}

/** What a correct identify of the bot says, with a fresh token. */
export function identity(here: Pick<Scene, 'voice'>): {
  server_id: string;
  user_id: string;
  session_id: string;
  token: string;
  max_dave_protocol_version: number;
} {
  const member = { guildId: GUILD, channelId: CHANNEL, userId: BOT, sessionId: 'the-session' };
  const token = here.voice.admit(member);
  return { server_id: GUILD, user_id: BOT, session_id: 'the-session', token, max_dave_protocol_version: 1 };
}

/** A client that has come as far as the session description, and its UDP socket. */
export interface Described {
  readonly client: Dialed;
  readonly identity: ReturnType<typeof identity>;
  readonly udp: Socket;
  /** Of the voice server's UDP socket. */
  readonly port: number;
  readonly ssrc: number;
  readonly key: Buffer;
  readonly mode: EncryptionMode;
  /** Sends bytes to the voice server. */
  send(bytes: Buffer): void;
  /** Sends one RTP packet, sealed as it should be unless told otherwise. */
  say(packet: {
    readonly counter: number;
    readonly sequence?: number;
    readonly ssrc?: number;
    readonly key?: Buffer;
    readonly payload?: Buffer;
  }): void;
}

export async function udpSocket(test: TestContext): Promise<Socket> {
  const udp = createSocket('udp4');
  test.onTestFinished(() => void udp.close());
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  return udp;
}

export async function described(
  here: Pick<Scene, 'voice'>,
  test: TestContext,
  mode: EncryptionMode = 'aead_aes256_gcm_rtpsize',
  who = identity(here),
): Promise<Described> {
  const client = await Dialed.to(here, test);
  client.send(VoiceOpcodes.Identify, who);
  const { ssrc, port } = (await client.heard(VoiceOpcodes.Ready)).d;
  const udp = await udpSocket(test);
  const { address, port: own } = udp.address();
  client.send(VoiceOpcodes.SelectProtocol, { protocol: 'udp', data: { address, port: own, mode } });
  const key = Buffer.from((await client.heard(VoiceOpcodes.SessionDescription)).d.secret_key);
  const send = (bytes: Buffer) => udp.send(bytes, port, '127.0.0.1');
  return {
    client,
    identity: who,
    udp,
    port,
    ssrc,
    key,
    mode,
    send,
    say({
      counter,
      sequence = counter,
      ssrc: source = ssrc,
      key: secret = key,
      payload = Buffer.from([0xf8, counter]),
    }) {
      send(sealRtp({ sequence, timestamp: 960 * sequence, ssrc: source, payload }, mode, secret, counter));
    },
  };
}
