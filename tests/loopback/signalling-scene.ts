import { EventEmitter, on, once } from 'node:events';
import { GatewayOpcodes } from 'discord-api-types/v10';
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { expect, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { startLoopback, type Loopback } from '../../loopback/index.ts';
import type { WorldGuild } from '../../loopback/world.ts';
import { RawClient } from './gateway-client.ts';

const SOON_MS = 20_000;

/** What a voice identify says. */
export interface Ticket {
  readonly server_id: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly token: string;
  readonly max_dave_protocol_version: number;
}

/** A voice websocket that keeps every text as it came, however wrong, and does nothing by itself. */
export class Wire {
  readonly closed: Promise<number>;
  readonly texts: string[] = [];
  readonly #socket: WebSocket;
  readonly #told = new EventEmitter<{ text: [] }>();

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      this.texts.push(data.toString());
      this.#told.emit('text');
    });
    this.closed = new Promise((resolve) => void socket.once('close', resolve));
  }

  /** The opcodes so far; null for what is none. */
  get ops(): unknown[] {
    return this.texts.map((text) => {
      try {
        return (JSON.parse(text) as { readonly op?: unknown } | null)?.op;
      } catch {
        return null;
      }
    });
  }

  send(op: VoiceOpcodes, d: unknown): void {
    this.#socket.send(JSON.stringify({ op, d }));
  }

  /** Waits for a text that contains this. */
  async read(part: string): Promise<string> {
    const find = () => this.texts.find((text) => text.includes(part));
    for (const told = on(this.#told, 'text', { signal: AbortSignal.timeout(SOON_MS) }); ;) {
      const found = find();
      if (found !== undefined) return found;
      await told.next();
    }
  }

  cut(): void {
    this.#socket.terminate();
  }
}

/** Discord, with a raw client that has logged in. Nothing is encrypted end to end, nothing undocumented is said. */
export interface SignallingScene {
  readonly loopback: Loopback;
  readonly gateway: RawClient;
  /** Sends op 4 for the Lounge of a guild, or (null) to leave. */
  ask(channel: 'Lounge' | 'Studio' | null, guild?: WorldGuild): void;
  /** Joins the Lounge of a guild on the main gateway: what to identify with at voice. */
  ticket(guild?: WorldGuild): Promise<Ticket>;
  /** How it goes to knock at the voice gateway: `open`, or the error's code or message. */
  knock(): Promise<string>;
  /** An open voice websocket. */
  dial(): Promise<Wire>;
  /** A voice websocket on which everything was said that joins, and two heartbeats, whatever comes back. */
  join(ticket: Ticket): Promise<Wire>;
  /** The same that resumes. */
  resume(ticket: Ticket): Promise<Wire>;
}

/** Starts a scene. When the test is over, no client has done anything wrong. */
export async function signallingScene(test: TestContext): Promise<SignallingScene> {
  const loopback = await startLoopback({
    gateway: { identifyWindowMs: 0 },
    voice: { dave: 'off', undocumented: false },
  });
  const sockets: WebSocket[] = [];
  const gateway = new RawClient(loopback.gateway.url);
  test.onTestFinished(async () => {
    for (const socket of sockets) socket.terminate();
    gateway.cut();
    await loopback.close();
    expect(loopback.problems()).toEqual([]);
  });
  await gateway.identify(loopback.application.token);
  await gateway.event('GUILD_CREATE');
  const call = () => {
    const socket = new WebSocket(`wss://${loopback.voice.endpoint}/?v=8`);
    sockets.push(socket);
    return socket;
  };
  const ask: SignallingScene['ask'] = (name, guild = loopback.guild) => {
    const channel = [...guild.channels.values()].find((channel) => channel.name === name);
    gateway.send(GatewayOpcodes.VoiceStateUpdate, { guild_id: guild.id, channel_id: channel?.id ?? null });
  };
  const dial = async () => {
    const socket = call();
    const wire = new Wire(socket);
    await once(socket, 'open');
    return wire;
  };
  const say = async (...messages: readonly [op: VoiceOpcodes, d: unknown][]): Promise<Wire> => {
    const wire = await dial();
    for (const [op, d] of [...messages, ...BEATS]) wire.send(op, d);
    return wire;
  };
  return {
    loopback,
    gateway,
    ask,
    dial,
    async ticket(guild = loopback.guild) {
      ask('Lounge', guild);
      const here = (d: Record<string, unknown>) => d['guild_id'] === guild.id;
      const { d: state } = await gateway.event('VOICE_STATE_UPDATE', here);
      const { d: server } = await gateway.event('VOICE_SERVER_UPDATE', here);
      return {
        server_id: guild.id,
        user_id: loopback.application.bot.id,
        session_id: String(state['session_id']),
        token: String(server['token']),
        max_dave_protocol_version: 1,
      };
    },
    knock: () =>
      new Promise((resolve) => {
        const socket = call();
        socket.once('open', () => resolve('open'));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      }),
    join: (ticket) => say([VoiceOpcodes.Identify, ticket], [VoiceOpcodes.SelectProtocol, UDP]),
    resume: ({ server_id, session_id, token }) =>
      say([VoiceOpcodes.Resume, { server_id, session_id, token, seq_ack: 1 }]),
  };
}

const UDP = { protocol: 'udp', data: { address: '127.0.0.1', port: 9, mode: 'aead_aes256_gcm_rtpsize' } };
const BEATS = [1, 2].map((t): [VoiceOpcodes, unknown] => [VoiceOpcodes.Heartbeat, { t, seq_ack: 1 }]);
/** The end of what `join` and `resume` bring about. */
export const LAST = '"t":2';
