import { randomUUID } from 'node:crypto';
import { Ears } from '../ears.ts';
import { CloseWith, type VoiceHouse } from './connection.ts';
import { DatagramDoor } from './datagram-door.ts';
import { DaveGroup } from './dave.ts';
import { ExternalSender } from './external-sender.ts';
import { Listener } from './listener.ts';
import type { Identify, Resume } from './messages.ts';
import { MlsSyntaxError } from './mls-wire.ts';
import type { Frame } from './outbox.ts';
import { Room } from './room.ts';
import { ENCRYPTION_MODES, type EncryptionMode } from './rtp.ts';
import { VoiceSession, type SessionOwner, type Wire } from './session.ts';
import type { Switches } from './switches.ts';
import type { UdpPort } from './udp.ts';
import type { Silence, VoiceEvent, VoiceOptions, VoiceService } from './voice-service.ts';

const memberKey = (guildId: string, userId: string): string => `${guildId}:${userId}`;

/** Everyone who may come, everyone who is here, and in which channel: what connections and datagrams are checked against. */
export class House implements VoiceHouse {
  readonly heartbeatIntervalMs: number;
  readonly identifyDeadlineMs: number;
  readonly modes: readonly EncryptionMode[];
  readonly daveVersion: number;
  /** Where the UDP socket's datagrams go. */
  readonly door: DatagramDoor;
  readonly #options: VoiceOptions;
  readonly #switches: Switches;
  readonly #udp: UdpPort;
  readonly #report: (event: VoiceEvent) => void;
  readonly #admitted = new Map<string, SessionOwner>();
  readonly #sessions = new Map<string, VoiceSession>();
  readonly #rooms = new Map<string, Room>();
  readonly #ears = new Map<string, Ears>();
  readonly #externalSender = new ExternalSender();

  constructor(options: VoiceOptions, switches: Switches, udp: UdpPort, report: (event: VoiceEvent) => void) {
    this.#options = options;
    this.#switches = switches;
    this.#udp = udp;
    this.#report = report;
    this.heartbeatIntervalMs = options.heartbeatIntervalMs ?? 13_750;
    this.identifyDeadlineMs = options.identifyDeadlineMs ?? 10_000;
    this.modes = options.modes ?? ENCRYPTION_MODES;
    this.daveVersion = options.dave === 'off' ? 0 : 1;
    this.door = new DatagramDoor({
      echoKeepAlives: options.echoKeepAlives ?? false,
      discoveryIsSilent: () => switches.silent('discovery'),
      send: (bytes, to) => udp.send(bytes, to),
      deliver: (session, packet) => this.#rooms.get(roomKey(session.owner))?.relay(session.userId, packet),
    });
  }

  get udpPort(): number {
    return this.#udp.port;
  }

  get sessions(): readonly VoiceSession[] {
    return [...this.#sessions.values()];
  }

  session(guildId: string, userId: string): VoiceSession | undefined {
    return this.#sessions.get(memberKey(guildId, userId));
  }

  /** The room of the guild in which this person is, if any. */
  roomOf(guildId: string, userId: string): Room | undefined {
    return [...this.#rooms].find(([key, room]) => key.startsWith(`${guildId}:`) && room.person(userId))?.[1];
  }

  ears(userId: string): Ears {
    const ears = this.#ears.get(userId) ?? new Ears();
    this.#ears.set(userId, ears);
    return ears;
  }

  silent(what: Silence): boolean {
    return this.#switches.silent(what);
  }

  readonly admit: VoiceService['admit'] = (member) => {
    const token = randomUUID().replaceAll('-', '');
    this.#admitted.set(memberKey(member.guildId, member.userId), { ...member, token });
    return token;
  };

  readonly dismiss: VoiceService['dismiss'] = (guildId, userId, code = 4014) => {
    this.#admitted.delete(memberKey(guildId, userId));
    const session = this.session(guildId, userId);
    if (session) this.#finish(session, code);
  };

  readonly members: VoiceService['members'] = (guildId, channelId, userIds) => {
    const people = userIds.filter((userId) => this.#options.isPerson(userId));
    const room = this.#room(guildId, channelId);
    room.setPeople(people, (userId) => {
      return new Listener({ userId, channelId, ssrc: this.door.takeSsrc(), ears: this.ears(userId), group: room.dave });
    });
    this.#tidy(guildId, channelId);
  };

  identify(wire: Wire, identify: Identify): VoiceSession {
    const { server_id: guildId, user_id: userId } = identify;
    const refused = this.#switches.refusal('identify');
    if (refused !== null) throw new CloseWith(refused);
    if (![...this.#admitted.values()].some((owner) => owner.guildId === guildId)) throw new CloseWith(4011);
    const owner = this.#admitted.get(memberKey(guildId, userId));
    if (!owner || owner.token !== identify.token) throw new CloseWith(4004);
    if (owner.sessionId !== identify.session_id) throw new CloseWith(4006);
    if (identify.max_dave_protocol_version < this.daveVersion) throw new CloseWith(4017);
    const previous = this.session(guildId, userId);
    if (previous) this.#finish(previous, 4006);
    const session = new VoiceSession(owner, this.door.takeSsrc(), wire);
    this.#sessions.set(memberKey(guildId, userId), session);
    this.door.register(session);
    this.#tell('identified', session, null);
    return session;
  }

  resume(wire: Wire, resume: Resume): { session: VoiceSession; missed: readonly Frame[] } {
    const refused = this.#switches.refusal('resume');
    if (refused !== null) throw new CloseWith(refused);
    const session = this.sessions.find(
      ({ owner }) =>
        owner.guildId === resume.server_id &&
        owner.sessionId === resume.session_id &&
        owner.token === resume.token &&
        this.#admitted.get(memberKey(owner.guildId, owner.userId))?.token === resume.token,
    );
    const missed = session?.resume(wire, resume.seq_ack);
    if (session && missed) {
      this.#tell('resumed', session, null);
      return { session, missed };
    }
    if (session) this.#finish(session, 4006);
    throw new CloseWith(4006);
  }

  entered(session: VoiceSession): void {
    this.#room(session.owner.guildId, session.owner.channelId).enter(session);
  }

  described(session: VoiceSession): void {
    this.door.locate(session);
    this.#tell('described', session, null);
    this.#rooms.get(roomKey(session.owner))?.describe(session);
  }

  speaking(session: VoiceSession, flags: number): void {
    session.setSpeaking(flags);
    this.#rooms.get(roomKey(session.owner))?.speaking(session, flags);
  }

  keyPackage(session: VoiceSession, payload: Buffer): void {
    this.#dave(session, (group) => group.keyPackage(session, payload));
  }

  commit(session: VoiceSession, payload: Buffer): void {
    this.#dave(session, (group) => group.commit(session, payload));
  }

  transitionReady(session: VoiceSession, transitionId: number): void {
    this.#dave(session, (group) => group.ready(session, transitionId));
  }

  invalidTransition(session: VoiceSession): void {
    this.#dave(session, (group) => group.invalid(session));
  }

  gone(session: VoiceSession | null, wire: Wire, code: number, byClient: boolean): void {
    this.#tell(session ? 'closed' : 'refused', session, code);
    if (session?.wire !== wire) return;
    // A client that closes with 1000 or 1001 has left, as at the main gateway; every other loss may be resumed.
    const resumable = byClient ? code !== 1000 && code !== 1001 : code < 4000 || code === 4015;
    if (resumable) session.detach(this.#options.resumeWindowMs ?? 60_000, () => this.#finish(session, 4006));
    else this.#finish(session, code);
  }

  /** Ends every session. */
  close(): void {
    for (const session of this.sessions) this.#finish(session, 1001);
    for (const room of this.#rooms.values()) room.dave?.close();
    this.#rooms.clear();
  }

  #dave(session: VoiceSession, act: (group: DaveGroup) => void): void {
    const group = this.#rooms.get(roomKey(session.owner))?.dave;
    if (!group) throw new CloseWith(4001);
    try {
      act(group);
    } catch (error) {
      if (error instanceof MlsSyntaxError) throw new CloseWith(4020);
      throw error;
    }
  }

  #finish(session: VoiceSession, code: number): void {
    const { guildId, channelId } = session.owner;
    if (this.session(guildId, session.userId) === session) this.#sessions.delete(memberKey(guildId, session.userId));
    this.door.forget(session);
    session.end(code);
    this.#rooms.get(roomKey(session.owner))?.leave(session);
    this.#tidy(guildId, channelId);
  }

  #room(guildId: string, channelId: string): Room {
    const key = roomKey({ guildId, channelId });
    const known = this.#rooms.get(key);
    if (known) return known;
    const listenersFirst = this.#options.committer === 'listener';
    const group = this.daveVersion === 0 ? null : new DaveGroup(channelId, this.#externalSender, { listenersFirst });
    const room = new Room((datagram, to) => this.#udp.send(datagram, to), group);
    this.#rooms.set(key, room);
    return room;
  }

  #tidy(guildId: string, channelId: string): void {
    const key = roomKey({ guildId, channelId });
    const room = this.#rooms.get(key);
    if (!room?.empty) return;
    room.dave?.close();
    this.#rooms.delete(key);
  }

  #tell(what: VoiceEvent['what'], session: VoiceSession | null, code: number | null): void {
    const { guildId = null, userId = null } = session?.owner ?? {};
    this.#report({ what, guildId, userId, code, at: performance.now() });
  }
}

const roomKey = ({ guildId, channelId }: { guildId: string; channelId: string }): string => `${guildId}:${channelId}`;
