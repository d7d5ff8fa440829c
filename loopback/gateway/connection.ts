import { GatewayCloseCodes, GatewayOpcodes } from 'discord-api-types/v10';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { GatewaySession } from './session.ts';

/** Discord's limit for what a client sends: https://discord.com/developers/docs/events/gateway#sending-events */
const MAX_PAYLOAD_BYTES = 4_096;

/** A client is taken for dead when its heartbeat is half an interval late. */
const PATIENCE = 1.5;

/** What comes so soon after op 9 was on its way before the client could know. */
const ON_ITS_WAY_MS = 1_000;

const Envelope = z.object({ op: z.number().int(), d: z.unknown().optional() });

/** Thrown to close the connection that is being served, with the code and reason the client reads. */
export class CloseWith extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}

export interface ConnectionOptions {
  readonly heartbeatIntervalMs: number;
  /** How many payloads a client may send in `windowMs`; one more closes with 4008. */
  readonly sendLimit: { readonly count: number; readonly windowMs: number };
}

export interface ConnectionEvents {
  /** A well-formed payload arrived. What it throws closes the connection. */
  received(connection: Connection, op: number, d: unknown): void;
  /** The connection is being closed for what the client did, or did not do. */
  refused(code: number, reason: string): void;
  /** Serving a payload failed by no fault of the client: a bug of the double. The connection closes with 4000. */
  failed(error: unknown): void;
  /** The socket is gone, `code` being the one that began the closing. Told once. */
  closed(connection: Connection, code: number): void;
}

/** One socket: greeting, heartbeats, the limits on what a client sends, and the one place that turns errors into close codes. */
export class Connection {
  /** Set by a successful identify or resume. */
  session: GatewaySession | null = null;
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #deathwatch: NodeJS.Timeout;
  #closing: number | null = null;
  #window = { since: 0, count: 0 };
  #invalidatedAt = -Infinity;

  constructor(socket: WebSocket, options: ConnectionOptions, events: ConnectionEvents) {
    this.#socket = socket;
    this.#options = options;
    this.#events = events;
    this.#deathwatch = setTimeout(
      () => this.refuse(GatewayCloseCodes.SessionTimedOut, 'No heartbeat came.'),
      options.heartbeatIntervalMs * PATIENCE,
    );
    socket.on('error', () => socket.terminate());
    socket.on('message', (data, isBinary) => this.#serve(data, isBinary));
    socket.on('close', (code) => {
      clearTimeout(this.#deathwatch);
      this.#events.closed(this, this.#closing ?? code);
    });
    this.send({ op: GatewayOpcodes.Hello, d: { heartbeat_interval: options.heartbeatIntervalMs } });
  }

  /** Takes the session away, as op 9 does, and returns it. */
  invalidate(): GatewaySession | null {
    const { session } = this;
    this.session = null;
    this.#invalidatedAt = performance.now();
    return session;
  }

  /** True while the client may not know yet that its session was taken away. */
  get justInvalidated(): boolean {
    return performance.now() - this.#invalidatedAt < ON_ITS_WAY_MS;
  }

  /** Sends one payload; nothing happens when the socket is closing. */
  send(payload: { readonly op: GatewayOpcodes; readonly d: unknown }): void {
    if (this.#closing === null && this.#socket.readyState === this.#socket.OPEN) {
      this.#socket.send(JSON.stringify({ t: null, s: null, ...payload }));
    }
  }

  /** A heartbeat came, which puts off the end. It is answered unless that is to be left out. */
  beat({ silently }: { readonly silently: boolean }): void {
    this.#deathwatch.refresh();
    if (!silently) this.send({ op: GatewayOpcodes.HeartbeatAck, d: null });
  }

  /** Closes for a mistake of the client. */
  refuse(code: number, reason: string): void {
    if (this.#closing === null) this.#events.refused(code, reason);
    this.close(code, reason);
  }

  close(code: number, reason: string): void {
    if (this.#closing !== null) return;
    this.#closing = code;
    this.#socket.close(code, reason);
  }

  /** Cuts the wire without a word. */
  cut(): void {
    this.#socket.terminate();
  }

  #serve(data: RawData, isBinary: boolean): void {
    if (this.#closing !== null) return;
    try {
      this.#count();
      const { op, d } = decode(data, isBinary);
      this.#events.received(this, op, d);
    } catch (error) {
      if (error instanceof CloseWith) return this.refuse(error.code, error.message);
      if (error instanceof z.ZodError) return this.refuse(GatewayCloseCodes.UnknownOpcode, 'Invalid payload.');
      this.close(GatewayCloseCodes.UnknownError, 'Unknown error.');
      this.#events.failed(error);
    }
  }

  #count(): void {
    const now = performance.now();
    const { count, windowMs } = this.#options.sendLimit;
    if (now - this.#window.since >= windowMs) this.#window = { since: now, count: 0 };
    this.#window.count += 1;
    if (this.#window.count > count) throw new CloseWith(GatewayCloseCodes.RateLimited, 'You are being rate limited.');
  }
}

function decode(data: RawData, isBinary: boolean): z.infer<typeof Envelope> {
  const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
  if (isBinary || bytes.length > MAX_PAYLOAD_BYTES) {
    throw new CloseWith(GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
  }
  try {
    return Envelope.parse(JSON.parse(bytes.toString()));
  } catch (error) {
    throw new CloseWith(GatewayCloseCodes.DecodeError, `Error while decoding payload: ${String(error).slice(0, 80)}`);
  }
}
