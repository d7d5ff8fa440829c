import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayCloseCodes, GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import type { VoiceService } from '../voice/voice-service.ts';
import type { World, WorldApplication, WorldChange } from '../world.ts';
import { CloseWith, Connection, type ConnectionEvents } from './connection.ts';
import { greet, tell } from './dispatch.ts';
import { sendMembers } from './guild-members.ts';
import { authenticate, identity } from './identify.ts';
import { OPCODES, type Commands } from './opcodes.ts';
import { DISCORDS_RULES, type GatewayOptions, type GatewayRules } from './options.ts';
import { SentLog } from './sent-log.ts';
import { SessionStarts } from './session-starts.ts';
import type { GatewaySession } from './session.ts';
import { Sessions } from './sessions.ts';
import { GatewaySwitches } from './switches.ts';
import { VoiceDoor } from './voice-door.ts';

/** Close codes after which Discord wants a new session; a client's own 1000 and 1001 say that it is done. */
const ENDS_SESSION: ReadonlySet<number> = new Set([
  1000,
  1001,
  GatewayCloseCodes.InvalidSeq,
  GatewayCloseCodes.SessionTimedOut,
]);

const BY_A_FAULT = 'closed by a fault';

/** What is read at all; the protocol's limit is much lower and answered with 4002. */
const MAX_MESSAGE_BYTES = 1 << 20;

const Resume = z.object({ token: z.string(), session_id: z.string(), seq: z.number().int().min(0) });

/** Starts the main gateway on a free port of 127.0.0.1. */
export async function startGateway(world: World, voice: VoiceService, options: GatewayOptions = {}): Promise<Gateway> {
  const http = createServer((_request, response) => void response.writeHead(426).end());
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return new Gateway(http, world, voice, { ...DISCORDS_RULES, ...options });
}

/** Discord's gateway v10 over plain WebSocket and JSON. Whatever changes in the world is told to the bots that may know. */
export class Gateway {
  readonly url: string;
  readonly sent = new SentLog();
  readonly starts: SessionStarts;
  readonly door: VoiceDoor;
  /** What the gateway itself did wrong, and every connection that it closed for a client's mistake; empty in a good run. */
  readonly problems: string[] = [];
  /** What goes wrong. */
  readonly switches = new GatewaySwitches();
  readonly #http: Server;
  readonly #server: WebSocketServer;
  readonly #world: World;
  readonly #options: GatewayRules;
  readonly #sessions: Sessions;
  readonly #connections = new Set<Connection>();

  constructor(http: Server, world: World, voice: VoiceService, options: GatewayRules) {
    this.#http = http;
    this.#server = new WebSocketServer({ server: http, maxPayload: MAX_MESSAGE_BYTES });
    this.#world = world;
    this.#options = options;
    this.url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
    this.starts = new SessionStarts({
      windowMs: options.identifyWindowMs,
      total: options.sessionStarts,
      maxConcurrency: 1,
    });
    this.#sessions = new Sessions(options, this.switches.tricks, (session) => this.door.leave(session));
    this.door = new VoiceDoor(world, voice, this.#sessions.byId);
    world.on('change', this.#onChange);
    this.#server.on('error', () => undefined);
    this.#server.on('connection', (socket, request) => this.#welcome(socket, request));
  }

  /** Every session that an identify began and that has not ended, also those without a socket. */
  get sessions(): readonly GatewaySession[] {
    return [...this.#sessions.byId.values()];
  }

  /** Sends op 7 to every client: it should reconnect and resume. */
  askToReconnect(): void {
    for (const connection of this.#identified()) connection.send({ op: GatewayOpcodes.Reconnect, d: null });
  }

  /** Sends op 1 to every client: it should send a heartbeat at once. */
  askForHeartbeat(): void {
    for (const connection of this.#identified()) connection.send({ op: GatewayOpcodes.Heartbeat, d: null });
  }

  /** Sends op 9 to every client. Sessions that are not resumable end, and their bots leave voice. */
  invalidate(resumable: boolean): void {
    for (const connection of this.#identified()) {
      const session = connection.invalidate();
      if (session) this.#sessions[resumable ? 'detach' : 'end'](session);
      connection.send({ op: GatewayOpcodes.InvalidSession, d: resumable });
    }
  }

  /** Closes every connection with a code, or, without one, cuts the wire. */
  drop(code?: number): void {
    for (const connection of this.#connections) {
      if (code === undefined) connection.cut();
      else connection.close(code, BY_A_FAULT);
    }
  }

  /** Cuts every connection, also those that never became a WebSocket, forgets every session, and frees the port. */
  async close(): Promise<void> {
    this.#world.off('change', this.#onChange);
    this.door.close();
    for (const client of this.#server.clients) client.terminate();
    this.#sessions.clear();
    this.#server.close();
    const closed = new Promise((resolve) => void this.#http.close(resolve));
    this.#http.closeAllConnections();
    await closed;
  }

  readonly #onChange = (change: WorldChange): void => {
    const announce = () => tell(this.#world, this.sessions, change);
    if (change.type === 'voice-state') return this.door.follow(change, announce);
    announce();
    if (change.type === 'guild-removed') this.door.evict(change.guild);
  };

  #welcome(socket: WebSocket, request: IncomingMessage): void {
    socket.on('error', () => socket.terminate());
    if (this.switches.down.value) return socket.terminate();
    const query = URL.parse(request.url ?? '/', this.url)?.searchParams;
    const refuse = (code: number, reason: string): void => {
      this.#events.refused(code, reason);
      socket.close(code, reason);
    };
    if (query?.get('v') !== '10') return refuse(GatewayCloseCodes.InvalidAPIVersion, 'Invalid API version.');
    if ((query.get('encoding') ?? 'json') !== 'json') {
      return refuse(GatewayCloseCodes.DecodeError, 'Only encoding=json is spoken here.');
    }
    this.#connections.add(new Connection(socket, this.#options, this.#events));
  }

  readonly #events: ConnectionEvents = {
    received: (connection, op, d) => this.#receive(connection, op, d),
    refused: (code, reason) => void this.problems.push(`gateway: closed with ${code} (${reason})`),
    failed: (error) => void this.problems.push(`gateway: ${String(error)}`),
    closed: (connection, code) => this.#closed(connection, code),
  };

  #receive(connection: Connection, op: number, d: unknown): void {
    const { session } = connection;
    this.sent.add({
      op,
      d,
      at: performance.now(),
      applicationId: session?.application.id ?? null,
      sessionId: session?.id ?? null,
    });
    const row = OPCODES[op];
    if (!row) throw new CloseWith(GatewayCloseCodes.UnknownOpcode, `Unknown opcode ${op}.`);
    if (row.when === 'in-session') {
      if (!session && connection.justInvalidated) return;
      if (!session) throw new CloseWith(GatewayCloseCodes.NotAuthenticated, 'Not authenticated.');
      return row.run(this.#commands, session, d);
    }
    if (row.when === 'before-session' && session) {
      throw new CloseWith(GatewayCloseCodes.AlreadyAuthenticated, 'Already authenticated.');
    }
    row.run(this.#commands, connection, d);
  }

  readonly #commands: Commands = {
    heartbeat: (connection) => connection.beat({ silently: this.switches.silent.value }),
    identify: (connection, d) => this.#unlessRefused(connection, () => this.#identify(connection, d)),
    resume: (connection, d) => this.#unlessRefused(connection, () => this.#resume(connection, d)),
    voiceState: (session, d) => this.door.request(session, d),
    guildMembers: (session, d) => sendMembers(this.#world, session, d),
  };

  #unlessRefused(connection: Connection, serve: () => void): void {
    const code = this.switches.refusals.meet(null);
    if (code === null) serve();
    else connection.close(code, BY_A_FAULT);
  }

  #identify(connection: Connection, d: unknown): void {
    const who = identity(this.#world, d, this.#options.privilegedIntents);
    const start = this.starts.take(who.application.id, who.shard[0]);
    if (start === 'spent') this.#outlaw(who.application);
    if (start === 'too-soon') return connection.send({ op: GatewayOpcodes.InvalidSession, d: false });
    const begin = (): void => {
      if (connection.session || !this.#connections.has(connection)) return;
      const session = this.#sessions.begin(who);
      this.#attach(connection, session);
      greet(this.#world, session, this.url, this.#options.privilegedIntents);
    };
    const delayMs = this.switches.readyDelayMs.value;
    if (delayMs === 0) begin();
    else setTimeout(begin, delayMs).unref();
  }

  /** Discord ends all sessions of an application that identifies too often: https://discord.com/developers/docs/events/gateway#identifying */
  #outlaw(application: WorldApplication): never {
    const reason = 'No session start is left.';
    for (const session of this.sessions.filter((one) => one.application === application)) {
      const connection = [...this.#connections].find((one) => one.session === session);
      this.#sessions.end(session);
      connection?.close(GatewayCloseCodes.AuthenticationFailed, reason);
    }
    throw new CloseWith(GatewayCloseCodes.AuthenticationFailed, reason);
  }

  #resume(connection: Connection, d: unknown): void {
    const { token, session_id: id, seq } = Resume.parse(d);
    const application = authenticate(this.#world, token);
    const session = this.#sessions.byId.get(id);
    const replay = session?.application === application ? session.after(seq) : 'lost';
    if (replay === 'ahead') throw new CloseWith(GatewayCloseCodes.InvalidSeq, 'Invalid seq.');
    if (!session || replay === 'lost') return connection.send({ op: GatewayOpcodes.InvalidSession, d: false });
    for (const event of replay) connection.send(event);
    this.#attach(connection, session);
    session.dispatch(GatewayDispatchEvents.Resumed, {});
  }

  #attach(connection: Connection, session: GatewaySession): void {
    for (const other of this.#connections) {
      if (other.session !== session) continue;
      other.session = null;
      other.cut();
    }
    this.#sessions.keep(session);
    connection.session = session;
    session.attach((event) => connection.send(event));
  }

  #closed(connection: Connection, code: number): void {
    this.#connections.delete(connection);
    const { session } = connection;
    connection.session = null;
    if (session) this.#sessions[ENDS_SESSION.has(code) ? 'end' : 'detach'](session);
  }

  #identified(): Connection[] {
    return [...this.#connections].filter(({ session }) => session !== null);
  }
}
