import { GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import { WebSocket } from 'ws';

export interface Received {
  readonly op: GatewayOpcodes;
  readonly t: string | null;
  readonly s: number | null;
  readonly d: Record<string, unknown>;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

const BASIC = GatewayIntentBits.Guilds | GatewayIntentBits.GuildVoiceStates;

/** A gateway client that does nothing by itself: it sends what it is told and keeps what it got. */
export class RawClient {
  readonly received: Received[] = [];
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;
  #wake: (() => void)[] = [];

  constructor(url: string, query = '?v=10&encoding=json') {
    this.#socket = new WebSocket(url + query);
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (data: Buffer) => {
      this.received.push(JSON.parse(data.toString()) as Received);
      this.#stir();
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#stir();
      });
    });
  }

  /** The first payload, old or new, that fits; rejects when the socket closes before one came. */
  async next(fits: (payload: Received) => boolean): Promise<Received> {
    for (let from = 0; ;) {
      const found = this.received.slice(from).find(fits);
      if (found) return found;
      from = this.received.length;
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error('the gateway closed the connection');
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  op(op: GatewayOpcodes): Promise<Received> {
    return this.next((payload) => payload.op === op);
  }

  event(name: string, fits: (d: Record<string, unknown>) => boolean = () => true): Promise<Received> {
    return this.next((payload) => payload.t === name && fits(payload.d));
  }

  /** The names of the events so far, in order. */
  get events(): string[] {
    return this.received.flatMap(({ t }) => t ?? []);
  }

  send(op: number, d: unknown): void {
    this.raw(JSON.stringify({ op, d }));
  }

  raw(data: string | Buffer): void {
    this.#socket.send(data);
  }

  /** Waits for hello and identifies; resolves with READY's data. */
  async identify(token: string, more: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
    await this.op(GatewayOpcodes.Hello);
    this.send(GatewayOpcodes.Identify, { token, intents: BASIC, properties: {}, ...more });
    return (await this.event('READY')).d;
  }

  async resume(token: string, sessionId: unknown, seq: number): Promise<void> {
    await this.op(GatewayOpcodes.Hello);
    this.send(GatewayOpcodes.Resume, { token, session_id: sessionId, seq });
  }

  /** Sends a heartbeat and waits for its own ack, by which everything sent before has been served. */
  async settle(): Promise<void> {
    const acks = () => this.received.filter(({ op }) => op === GatewayOpcodes.HeartbeatAck).length;
    const before = acks();
    this.send(GatewayOpcodes.Heartbeat, null);
    await this.next(() => acks() > before);
  }

  close(code?: number): void {
    this.#socket.close(code);
  }

  /** Loses the connection without a word. */
  cut(): void {
    this.#socket.terminate();
  }

  #stir(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
